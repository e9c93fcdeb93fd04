import configparser
import io

c = configparser.ConfigParser()
c.read_string("""
[DEFAULT]
base = /home
[a]
path = %(base)s/x ; inline kept
num = 5
flag: yes
multi = one
  two
empty =
[b]
Ratio = 1.5
key with spaces = v
""")
print(c.sections(), c["a"]["path"], c.getint("a", "num"), c["a"].getboolean("flag"), c.getfloat("b", "ratio"), repr(c["a"]["multi"]), repr(c["a"]["empty"]), c.options("b"), c.has_option("a", "base"), c.get("a", "nope", fallback="fb"), dict(c["b"]), c["a"].get("zz"), "a" in c, c.defaults())
c["new"] = {"x": "1"}
c.set("a", "num", "6")
c.remove_option("a", "flag")
c.add_section("empty")
out = io.StringIO()
c.write(out)
print(out.getvalue())
for source in ["key = 1", "[a]\n[a]", "[a]\nx=1\nx=2", "[a\nx=1", "[a]\njunk line"]:
    try:
        configparser.ConfigParser().read_string(source)
    except configparser.Error as error:
        print(type(error).__name__, str(error).replace("\n", "|"))
for bad in ["c['zz']", "c.get('a', 'zz')", "c.getint('a', 'path')", "c.set('a', 'x', 5)", "c.getboolean('a', 'num')", "c.add_section('a')", "c.set('zz', 'a', 'b')", "c.read_dict({'p': {'v': '%(missing)s'}}) or c.get('p', 'v')", "c.set('a', 'x', '100%')", "c.add_section('DEFAULT')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(type(error).__name__, error)
r = configparser.RawConfigParser(allow_no_value=True, delimiters=("=",), comment_prefixes=(";",), strict=False)
r.optionxform = str
r.read_string("[S]\nKey = %x\nbare\n; c\n#kept = 1")
print(dict(r["S"]))
e = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation(), converters={"list": lambda s: s.split(",")})
e.read_dict({"x": {"a": "1"}, "y": {"b": "${x:a}2", "l": "p,q"}})
print(e["y"]["b"], e["y"].getlist("l"), e.read("missing.ini"))
