import io
import sys

print()
print("a", 1, None, [1.0])
print("a", "b", sep="-", end="!\n")
print(*range(3), sep="")
print("a", sep=None, end=None)
out = io.StringIO()
print("to", "buffer", file=out, flush=True)
print(repr(out.getvalue()))
print("x", end="")
print()
for bad in [{"sep": 1}, {"end": 1}, {"file": 5}, {"unknown": 1}]:
    try:
        print("x", **bad)
    except Exception as error:
        print(type(error).__name__, error)


class Quiet:
    def __str__(self):
        raise ValueError("no text")


try:
    print("before", Quiet())
except ValueError as error:
    print("|", error)


class NotText:
    def __str__(self):
        return 5

    __repr__ = __str__


for f in (str, repr, ascii):
    try:
        f(NotText())
    except TypeError as error:
        print(error)
sys.stdin = io.StringIO("first\nsecond")
print(repr(input("prompt> ")), repr(input()))
try:
    input()
except EOFError as error:
    print("EOFError", error)
sys.stdout.write("direct\n")
print("é€😀", "\ud800".encode("utf-8", "surrogatepass"))
