def m(v):
    match v:
        case 0 | 1:
            return "zero or one"
        case -1 | 1.5 | 2 + 3j:
            return "number"
        case "a" "b":
            return "ab"
        case True:
            return "never: 1 == True"
        case None:
            return "none"
        case b"x":
            return "bytes"
        case []:
            return "empty"
        case [x]:
            return f"one {x}"
        case [1, *rest]:
            return f"one then {rest}"
        case [x, y]:
            return f"two {x} {y}"
        case [first, *_, last]:
            return f"{first}..{last}"
        case str() as s:
            return f"str {s}"
        case _:
            return "other"


for v in [0, 1, True, -1, 1.5, 2 + 3j, "ab", "abc", None, b"x", [], (), [5], (1, 2, 3), [7, 8], range(4, 8), {1, 2}, {}, 3, "", iter([1]), bytearray(b"x")]:
    print(repr(v) if not hasattr(v, "__next__") else "iterator", "->", m(v))


def command(text):
    match text.split():
        case ["go", ("north" | "south") as d]:
            return f"going {d}"
        case ["get", item] if item != "moon":
            return f"got {item}"
        case ["drop", *items] if len(items) > 1:
            return f"dropped {items}"
        case [] | [""]:
            return "nothing"
        case [verb, *_]:
            return f"cannot {verb}"


for t in ["go north", "go up", "get lamp", "get moon", "drop a b", "drop a", ""]:
    print(command(t))
