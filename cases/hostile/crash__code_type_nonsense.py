import types

types.CodeType(-1, 0, 0, -1, 0, 0, b"", (), (), (), "", "", "", 0, b"", b"")
