for s in ["", "a", "'", '"', "'\"", "\\", "\n", "\t", "\r", "\0", "\x1b", "\x7f", "\x80", "\xa0", "\xad", "é", "中", "😀", "\u200b", "\u2028", "\ufeff", "\ud800", "\U000e0001", "a\\b", "\\n", "{}", "%s", "\x85", "\u0378"]:
    print(ascii(s), repr(s).encode("ascii", "backslashreplace").decode(), s.isprintable(), len(repr(s)), eval(repr(s)) == s)
for b in [b"", b"a", b"'", b'"', b"'\"", b"\\", b"\n\t\r", b"\0\x7f\x80\xff", bytearray(b"'x"), memoryview(b"x").tobytes()]:
    print(repr(b), eval(repr(b)) == b)
print([repr(x) for x in (1.0, 1e16, 1e-5, 0.1, 1e22, 1j, -0.0, True, None, ..., NotImplemented, range(3), slice(1), frozenset(), set(), {}, (), (1,), [()])])
