s = "Hello, World"
print(s.upper(), s.lower(), s.swapcase(), s.title(), s.capitalize(), s.casefold(), "ß".upper(), "ǅ".lower(), "straße".casefold())
print(s.find("o"), s.rfind("o"), s.find("z"), s.index("W"), s.count("l"), s.count(""), s.startswith(("x", "He")), s.endswith("ld", 0, -1))
print(s.replace("l", "L"), s.replace("l", "L", 1), s.replace("", "-")[:7], "aaa".replace("aa", "b"), s.replace("o", "", count=1))
print(s.split(), s.split(", "), "a,b,,c".split(","), " a  b ".split(), "a b c".split(maxsplit=1), "a,b,c".rsplit(",", 1), "".split(), "".split(","))
print("a\nb\r\nc\x0bd\u2028e".splitlines(), "a\n".splitlines(True), "k=v=w".partition("="), "k=v=w".rpartition("="), "none".partition("="))
print(" x ".strip() + "|", "xxaxx".strip("x"), "abcab".lstrip("ab"), "path.txt".removesuffix(".txt"), "pre_x".removeprefix("pre_"), "x".removeprefix("y"))
print("7".zfill(3), "-7".zfill(4), "x".center(5, "*"), "x".ljust(3) + "|", "x".rjust(3, "."), "a\tb".expandtabs(4), "\t|".expandtabs())
print("-".join("abc"), ",".join([]), "".join(["x"] * 3))
print([m for m in ("isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isspace", "isupper", "islower", "istitle", "isidentifier", "isprintable", "isascii") if getattr("abc", m)()])
print("²".isdigit(), "²".isdecimal(), "½".isnumeric(), "٣".isdecimal(), int("٣"), "".isalpha(), "".isascii(), "1a".isidentifier(), "ñ".isidentifier())
print("abc".translate({97: "X", 98: None, ord("c"): 0x1F600}), "hello".translate(str.maketrans("el", "ip", "o")), str.maketrans({"a": "1"}))
print("{} {1}".format if False else "{0} {name} {0!r:>5} {1[0]} {2.real}".format("a", [9], 5, name="n"), "%s %5.1f %-4d| %x %% %(k)s" % {"k": 1} if False else "%s %5.1f %-4d| %x %%" % ("s", 2.55, 7, 255))
for bad in ["'a'.index('z')", "'a'.join([1])", "'a'.split('')", "'{}'.format()", "'{0} {}'.format(1, 2)", "'{a}'.format()", "'{'.format()", "'%d' % 'x'", "'%s %s' % 1", "'%s' % (1, 2)", "'%z' % 1", "'%(a)s' % 5", "'a' + 1", "'a'.center(5, 'xy')", "'a'.encode('nope')", "'é'.encode('ascii')", "'a'.replace(1, 2)", "'a' * -1", "str(b'a', 'ascii', 'x', 'y')", "'a'.partition('')", "'abc'.startswith(5)", "'a' in 5", "5 in 'a'", "str.maketrans('a', 'bc')", "'{0.x}'.format(1)", "'{:d}'.format('a')", "'%c' % 'ab'", "'%*d' % ('a', 1)"]:
    try:
        print(repr(eval(bad)))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
