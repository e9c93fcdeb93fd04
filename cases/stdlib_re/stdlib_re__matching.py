import re

m = re.match(r"(?P<year>\d{4})-(?P<month>\d\d)(-(\d\d))?", "2024-05 rest")
print(m, m.group(), m.group(1, "month"), m.groups(), m.groups("none"), m.groupdict(), m.span("year"), m.start(3), m.end(), m["year"], m.lastindex, m.lastgroup, m.re.pattern, m.string, m.pos, m.expand(r"\2/\g<year>"))
print(re.findall(r"\w+", "a b1 é_"), re.findall(r"(\w)(\d)", "a1b2"), re.findall(r"(\w)\d", "a1b2"), [m.span() for m in re.finditer("a*", "baac")], re.search("z", "abc"), re.fullmatch("a+", "aab"), re.fullmatch("a|ab", "ab"))
print(re.split(r"\s*,\s*", "a , b,c"), re.split(r"(,)", "a,b"), re.split("x*", "axb"), re.split(",", "a,b,c", maxsplit=1), re.split("", "ab"))
print(re.findall("(?i)HeLLo", "hello HELLO"), re.findall("^a", "a\na", re.M), re.findall("a.b", "a\nb", re.S), re.findall(r"\d+ # digits", "12", re.X), re.findall(r"\w", "é", re.A), re.findall("(?i:a)b", "Ab AB"), re.search("(?s:.)", "\n"))
print(re.findall(r"(?<=\$)\d+", "$5 6"), re.findall(r"(?<!\$)\b\d+", "$5 6"), re.findall(r"a(?=b)", "ab ac"), re.findall(r"a(?!b)", "ab ac"), re.match(r"(a)?b(?(1)c|d)", "abc"), re.match(r"(a)?b(?(1)c|d)", "bd"), re.match(r"(\w)\1", "aa"), re.match(r"(?P<q>['\"]).*?(?P=q)", "'x'y'").group())
print(re.match("a{2,3}?", "aaaa").group(), re.match("a{,2}", "aaa").group(), re.match("a++a", "aaa"), re.match("(?>a+)b", "aab").group(), re.match(r"[\w-]+", "a-b c").group(), re.match("[^abc]", "d").group(), re.match(r"[]a]+", "]a").group(), re.findall(r"\Ba\b", "ba a"), re.findall(r"\Aa|b\Z", "ab"), re.match(r"\x41\u00e9\N{BULLET}", "Aé•").span(), re.match(rb"\w+", b"ab c").group(), re.findall("[ä-ü]", "aöz"))
print(re.compile("a", re.I | re.M).flags, re.compile("a").groups, re.compile("(?P<x>a)").groupindex, re.compile("a") == re.compile("a"), re.escape("a.b*c [x]"), re.I | re.S, repr(re.compile("a" * 10, re.X)), re.compile("a(b)").search("xxab", 1, 4), re.NOFLAG)
p = re.compile("b")
print(p.match("abc", 1), p.search("abc", 2), p.fullmatch("abc", 1, 2), p.findall("bbb", 1))
