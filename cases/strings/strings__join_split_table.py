for s in ["a,b,c", ",a,,b,", "", ",", "abc", " a  b ", "a\tb\nc", "aXXbXXXc"]:
    print(repr(s), s.split(","), s.split(), s.split(",", 1), s.rsplit(",", 1), s.split("XX"), s.partition(","), s.rpartition(","))
for s in ["a\nb", "a\r\nb\n", "\n", "", "a\n\nb", "a\x0bb\x0cc", "a\x1cb\x1dc\x1ed", "a\x85b\u2028c\u2029d", "a\rb"]:
    print(ascii(s), ascii(s.splitlines()), ascii(s.splitlines(keepends=True)), ascii(s.split("\n")))
for s in ["  x  ", "xxabxx", "\t\nabc\r\n", "abcba", "", "aaa", "\u00a0x\u2003"]:
    print(ascii(s), ascii(s.strip()), s.strip("x"), s.lstrip("ab"), ascii(s.rstrip()), ascii(s.strip("ab \n")), s.removeprefix("ab"), s.removesuffix("ba"))
print("".join([]), "-".join("a"), ",".join(map(str, range(5))), " ".join({"k": 1, "l": 2}), "\n".join(["a", "", "b"]).encode(), "ab".join(["x"]), "".join(reversed("xyz")))
print("abcabc".find("c"), "abcabc".rfind("c"), "abcabc".find("c", 3), "abcabc".find("c", -2), "abcabc".find("", 10), "abc".find("", 3), "abcabc".index("b", 2), "abcabc".count("abc"), "aaaa".count("aa"), "abc".count("", 1), "abc".startswith(""), "abc".startswith("b", 1), "abc".endswith(("x", "c")), "abc".startswith(()), "x" in "", "" in "x")
