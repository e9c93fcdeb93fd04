import plistlib
import tomllib

print(tomllib.loads('''
title = "TOML é \\u00e9"
int = [1, 0xff, 0o17, 0b11, 1_000, -5]
float = [1.5, 1e3, inf, -nan]
bool = true
date = [2024-01-02, 2024-01-02T03:04:05Z, 03:04:05.5, 2024-01-02T03:04:05+02:00]
literal = 'C:\\path'
multi = """
a \\
   b
c"""
inline = {x = 1, y.z = 2}
[table.sub]
"quoted key" = 1
[[array]]
a = 1
[[array]]
a = 2
''', parse_float=str))
for bad in ["a", "a = ", "a = 1\na = 2", "[a]\n[a]", "a = [1", "a = 'x", "a = 01", "a = {x = 1,", "[a]\nb = 1\n[a.b]", "a = tru", "= 1", "a = 1 b = 2", "a = \"\\q\"", "a = 2024-13-01", "[[a]]\n[a]", "a.b = 1\na = 2", "\x00", "a = 1_", "a = nope"]:
    try:
        print(bad, tomllib.loads(bad))
    except tomllib.TOMLDecodeError as error:
        print(repr(bad), error)
for bad in ["tomllib.loads(b'a=1')", "tomllib.loads(5)"]:
    try:
        eval(bad)
    except TypeError as error:
        print(error)
import datetime

d = {"s": "é<", "i": 5, "f": 1.5, "b": True, "d": b"\x00\xff", "l": [1, "x"], "t": datetime.datetime(2024, 1, 2), "n": {"k": plistlib.UID(3)}}
del d["n"]
x = plistlib.dumps(d)
print(x.decode(), plistlib.loads(x) == d, plistlib.loads(plistlib.dumps(d, fmt=plistlib.FMT_BINARY)) == d, plistlib.dumps([1], fmt=plistlib.FMT_BINARY)[:8])
for bad in ["plistlib.loads(b'junk')", "plistlib.dumps({1: 2})", "plistlib.dumps(None)", "plistlib.dumps(2**70)", "plistlib.loads(b'bplist00')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(type(error).__name__, error)
