s = "abcdefghij"
for a, b, c in [(None, None, None), (2, 5, None), (-3, None, None), (None, -3, None), (None, None, -1), (8, 2, -2), (100, None, -3), (-100, 100, 4), (5, 5, 1), (2, None, 100)]:
    print((a, b, c), repr(s[a:b:c]))
parts = []
for i in range(5):
    parts.append(str(i) * i)
print("+".join(parts), sum(map(len, parts)))
x = "a"
for _ in range(10):
    x += x
print(len(x), x.count("aa"), x.find("b"), hash(x) == hash("a" * 1024))
print("ab" * 3, 3 * "ab", "ab" * 0, "" "joined", "a" "b" * 2)
print(min("hello"), max("hello"), sorted("hello"), "".join(sorted(set("hello"))), "".join(reversed("abc")))
print("a" < "B", "a" < "b" < "c", "abc" < "abd", "" < "a", "Z" < "a", "10" < "9")
import textwrap

print(textwrap.fill("The quick brown fox jumps over the lazy dog", 15))
print(textwrap.shorten("The quick brown fox", 12), textwrap.dedent("   a\n    b\n   c"), textwrap.indent("a\n\nb", "> "))
print(textwrap.wrap("a-very-long-hyphenated-word and averyveryverylongword", 10), textwrap.wrap("x" * 25, 10, break_long_words=False))
print("é" == "e\u0301", len("e\u0301"), "x".join("abc"), "abc".__contains__("b"), "abc".__getitem__(1), "%s" % "abc"[1:])
import sys

print(sys.intern("hello") is sys.intern("hel" + "lo"))


class Str(str):
    def __add__(self, other):
        return Str(f"{str(self)}&{other}")


print(Str("a") + "b" + "c", type(Str("a").upper()), type(Str("x")[0:1]), isinstance(Str("a") + "b", Str))
