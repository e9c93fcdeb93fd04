import re

number = re.compile(r"""
    (?P<sign>[-+])?
    (?P<int>\d+)
    (?: \. (?P<frac>\d*) )?   # fraction
    (?: [eE] (?P<exp>[-+]?\d+) )?
    $
""", re.VERBOSE)
for s in ["1", "-2.5", "+3.e10", "4e-5", "x", "1.2.3", ".5"]:
    m = number.match(s)
    print(s, m and {k: v for k, v in m.groupdict().items() if v is not None})
text = "First line\nsecond Line\n\nlast"
for flags in (0, re.M, re.S, re.I, re.M | re.I):
    print(flags, re.findall(r"^\w+", text, flags), re.findall(r"line$", text, flags), len(re.findall(r".+", text, flags)))
print(re.findall(r"(?i:line)", text), re.findall(r"(?-i:Line)", text, re.I), re.sub(r"(?m)^(?=.)", "> ", text), re.split(r"\n+", text), re.search(r"\Z", text).start(), re.findall(r"\b\w", text), re.findall(r"\B\w\B", "abcd"))
dates = re.compile(r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4}|\d{2})\b")
print([m.groupdict() for m in dates.finditer("on 1.2.2024 and 31/12/99, not 1.2")], dates.sub(r"\g<y>-\g<m>-\g<d>", "1.2.2024"))
print(re.findall(r"(\w+)@(\w+)\.com", "a@b.com c@d.com"), re.findall(r"<(\w+)>(.*?)</\1>", "<a>x</a><b>y</b><c>z</d>"), re.sub(r"(\d)(?=(\d{3})+\b)", r"\1,", "1234567 12 1234"), re.sub(r"\b(\w+)( \1\b)+", r"\1", "the the cat cat sat"), re.findall(r"(?:^|,)([^,]*)", "a,,b"), re.findall(r"[^\s\"]+|\"[^\"]*\"", 'a "b c" d'))
print(re.match(r"(a)|(b)", "b").groups(), re.match(r"(a)?(b)?", "b").group(1, 2), re.match("(?:(a)|b)*", "ab").group(1), re.match(r"((a)(b))", "ab").regs, re.search("(?P<n>x)", "ax").span("n"), re.match("", "").span(), bool(re.match("$", "")), [m.group() for m in re.finditer(r"\d|$", "1a")])
