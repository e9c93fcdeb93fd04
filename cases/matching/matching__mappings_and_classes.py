from dataclasses import dataclass


@dataclass
class P:
    x: int
    y: int


class Q:
    __match_args__ = ("a",)

    def __init__(self, a, b):
        self.a, self.b = a, b


class Color:
    RED = 1


def m(v):
    match v:
        case {"type": "point", "x": x, **rest}:
            return f"mapping {x} {rest}"
        case {"k": [a, {"deep": d}]}:
            return f"deep {a} {d}"
        case {}:
            return "some mapping"
        case P(0, 0):
            return "origin"
        case P(x=0, y=y) | P(x=y, y=0):
            return f"axis {y}"
        case P(x, y) if x == y:
            return f"diagonal {x}"
        case P():
            return "point"
        case Q(a, b=b):
            return f"q {a} {b}"
        case Color.RED:
            return "red"
        case int(n) | float(n):
            return f"num {n}"
        case str(s):
            return f"str {s}"
        case [P(x=a), P(x=b)]:
            return f"points {a} {b}"
        case _:
            return "other"


for v in [{"type": "point", "x": 1, "z": 2}, {"k": [1, {"deep": 5, "x": 0}]}, {"a": 1}, P(0, 0), P(0, 5), P(4, 0), P(3, 3), P(1, 2), Q(1, 2), 1, 7, 2.5, True, "s", [P(1, 2), P(3, 4)], None]:
    print(m(v))
for source in ["match 1:\n case P(1, 2, 3): pass", "match P(1, 2):\n case P(1, 2, 3): pass", "match P(1, 2):\n case P(1, x=1): pass", "match 1:\n case int(1, 2): pass", "match 1:\n case 5(): pass", "match 1:\n case Color(): pass", "x = 5\nmatch 1:\n case x(): pass", "match 1:\n case {'a': 1, 'a': 2}: pass", "match 1:\n case [a, a]: pass", "match 1:\n case [*a, *b]: pass", "match 1:\n case P(x=1, x=2): pass", "match 1:\n case {**_}: pass", "match 1:\n case a | 1: pass", "match {}:\n case {Color.RED: 1, 1: 2}: pass"]:
    try:
        exec(source)
        print("ok")
    except (SyntaxError, TypeError, ValueError) as error:
        print(type(error).__name__, getattr(error, "msg", error))
