import re

print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.sub("a", "b", "aaa", count=2), re.subn("a", "b", "aaa"), re.sub("(?P<x>a)", r"[\g<x>]\g<0>", "cat"), re.sub("x*", "-", "abxd"), re.sub("", "-", "ab"), re.sub(r"(a)|b", r"<\1>", "ab"))
print(re.sub(r"\d+", lambda m: str(int(m.group()) * 2), "a1b22"), re.sub("a", r"\n\t\\", "a"), re.sub("a", lambda m: r"\n", "a"), re.sub(b"a", b"b", b"aa"), re.sub("(?i)HELLO", "x", "Hello"), re.sub(r"\s+", " ", " a \n b "), re.sub(r"^", "> ", "a\nb", flags=re.M))


def camel(s):
    return re.sub(r"_([a-z])", lambda m: m[1].upper(), s)


def snake(s):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", s).lower()


print(camel("some_long_name"), snake("someLongName"), re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", "1234567"))
for bad in [("a", r"\1", "a"), ("a", r"\g<x>", "a"), ("a", r"\g<", "a"), ("a", r"\q", "a"), ("a", 5, "a"), ("a", "b", b"a"), ("(a", "", ""), ("a", r"\g<1", "a"), ("a", "\\", "a"), (b"a", "b", b"a")]:
    try:
        print(re.sub(*bad))
    except Exception as error:
        print(bad, "->", type(error).__name__, error)
scanner = re.Scanner([(r"\d+", lambda s, t: ("num", int(t))), (r"[a-z]+", lambda s, t: ("word", t)), (r"\s+", None)])
print(scanner.scan("12 abc 3 !rest"))
tokens = re.compile("|".join(f"(?P<{n}>{p})" for n, p in [("NUM", r"\d+"), ("OP", r"[+*/-]"), ("WS", r"\s+"), ("BAD", r".")]))
print([(m.lastgroup, m.group()) for m in tokens.finditer("1 + 22*x") if m.lastgroup != "WS"])
