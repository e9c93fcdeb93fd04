import re

email = re.compile(r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$")
print([bool(email.match(s)) for s in ("a@b.co", "a.b+c@d-e.org", "a@b", "@b.c", "a b@c.d")])
log = """2024-01-02 10:00:01 [ERROR] disk full (code=28)
2024-01-02 10:00:02 [INFO] ok
bad line
2024-01-03 11:11:11 [WARN] slow: 250ms"""
line = re.compile(r"^(?P<date>\S+) (?P<time>\S+) \[(?P<level>[A-Z]+)\] (?P<msg>.*)$", re.M)
for m in line.finditer(log):
    print(m.groupdict())
print(re.findall(r'"((?:[^"\\]|\\.)*)"', r'a "b" "c\"d" e'), re.findall(r"#(\w+)", "x #tag1 #tag_2"), re.split(r"[;,\s]\s*", "a; b,c d"))
print(re.findall(r"\b(\w)\w*\1\b", "abca dxd efg"), re.sub(r"(\b\w)", lambda m: m[0].upper(), "make title case"), re.findall(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|\b)){4}", "10.0.0.255 999.1.1.1"))
nested = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
print(nested.findall("f(a(b)c) (x) (()"), re.findall(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", "1 -2.5 3e10 .5 6.02E-23"))
print(re.sub(r"<[^>]+>", "", "<b>bold</b> <i class='x'>it</i>"), re.findall(r"(?m)^(\w+)\s*=\s*(.+?)\s*(?:#.*)?$", "a = 1 # one\nb=two\n# c = 3"))
print([w for w in "level noon world radar".split() if re.fullmatch(r"(.)(.)?.?(?(2)\2)\1|(.).*\3", w)], re.search(r"(?P<a>.)(?P<b>.)(?P=b)(?P=a)", "xxabbayy").group())
text = "x" * 5000 + "y"
print(re.search("x+y", text).span(), len(re.findall("x{100}", text)), re.search("(?:a|b|c|d)*e", "abcd" * 500 + "e").end())
print(re.findall(r"[\U0001F300-\U0001FAFF]", "a😀b🐍"), re.findall(r"[^\W\d_]+", "añb1_c"), re.match(r"\s", "\u00a0") is not None, re.findall(r"(?i)ß|ſ|K", "ẞ s \u212a"))
