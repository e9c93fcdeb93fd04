import re

for pattern in ["(", ")", "[", "[a", "a**", "*a", "a{2,1}", "(?P<x", "(?P<1>a)", "(?P<x>a)(?P<x>b)", "(?P=nope)", r"\1", r"(a)\2", "(?<=a+)b", "(?z)", "a(?i)b", "(?(1)a|b)", "(?(2)a)(b)", "[z-a]", r"\q", "\\", r"[\d-z]", "(?#", "(?", "(?P>x)", "a{99999999999}", r"\x1", r"\u12", r"\N{NOPE}", "(?-i)", "(?i-i:a)", "(?<a", "x{1", "a|*", "[[a]", "(?:a", "+", "a++b++", "(?>a", r"(?P<é>a)", "(?L)a", "[a-\\d]"]:
    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
        print(f"{pattern!r} compiles")
    except re.PatternError as error:
        print(f"{pattern!r} -> {error.msg} at {error.pos}, line {error.lineno} column {error.colno}")
    except Exception as error:
        print(f"{pattern!r} -> {type(error).__name__} {error}")
for bad in ["re.compile(5)", "re.match('a', b'a')", "re.match(b'a', 'a')", "re.match('a', None)", "re.compile('a', 'x')", "re.compile(re.compile('a'), re.I)", "re.match('a', 'a').group(1)", "re.match('a', 'a').group('x')", "re.compile(b'a', re.U)", "re.compile('a', re.L)", "re.match('a', 'a')[5]", "re.match('(a)', 'a').span('q')", "re.search('a', 5)"]:
    try:
        eval(bad)
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(re.error is re.PatternError, issubclass(re.error, ValueError) or re.error.__mro__[1].__name__)
