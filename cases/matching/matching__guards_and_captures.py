def classify(v):
    match v:
        case int() | float() if v < 0:
            return "negative"
        case bool():
            return "bool"
        case int(n) if n > 100:
            return f"big {n}"
        case int() | float() as n:
            return f"number {n}"
        case str() if v.isupper():
            return "SHOUT"
        case "":
            return "blank"
        case str(s):
            return f"text {s!r}"
        case [[a, b], *rest] if rest:
            return f"pairs {a} {b} +{len(rest)}"
        case [x] | [x, _] | [x, _, _]:
            return f"up to three from {x}"
        case {"op": "add" | "sub" as op, "args": [int(a), int(b)]}:
            return f"{op} {a} {b}"
        case {"op": str(op), **rest} if not rest:
            return f"bare {op}"
        case {"nested": {"list": [*_, {"last": last}]}}:
            return f"last {last}"
        case set() | frozenset():
            return "set"
        case None:
            return "none"
        case type():
            return "a class"
        case _ if callable(v):
            return "callable"
        case _:
            return "unknown"


for v in [-1, -0.5, True, 500, 5, 2.5, "HI", "", "x", [[1, 2], 3], [[1, 2]], [7, 8, 9], [1, 2, 3, 4], {"op": "add", "args": [1, 2]}, {"op": "mul", "args": [1, 2]}, {"op": "neg"}, {"nested": {"list": [1, {"last": "z"}]}}, {1}, None, int, len, object()]:
    print(classify(v))
match [1, 2, 3]:
    case [a, *_] if a > 5:
        print("no")
    case [a, b, c]:
        print("bound", a, b, c)
match 5:
    case x if x > 10:
        pass
print("x stays bound", x)


class Lazy:
    __match_args__ = ("v",)

    def __getattr__(self, n):
        print("getattr", n)
        return 5


match Lazy():
    case Lazy(3):
        print("three")
    case Lazy(5, other=5):
        print("five")
