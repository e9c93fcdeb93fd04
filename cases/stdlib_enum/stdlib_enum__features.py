import enum
from enum import *


class Color(Enum):
    RED = 1
    GREEN = auto()
    CRIMSON = 1

    @property
    def pretty(self):
        return self.name.title()

    @classmethod
    def default(cls):
        return cls.GREEN


print(Color.RED, repr(Color.RED), Color(2), Color["RED"], Color.CRIMSON is Color.RED, list(Color), Color.RED.pretty, Color.default(), Color.__members__, len(Color), Color.RED in Color, 1 in Color, 9 in Color, Color.GREEN.value, Color.RED.name)


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


p = Perm.R | Perm.X
print(p, repr(p), ~p, Perm.R in p, Perm.W & p, Perm(0), Perm(7), list(p), len(p), Perm.RW, p ^ Perm.R, bool(Perm(0)), p.value, p.name)


class N(IntEnum):
    ONE = 1
    TWO = 2


class S(StrEnum):
    A = auto()
    B_C = "bc"


class I(IntFlag):
    A = 1
    B = 2


print(N.ONE + 1, N.ONE < N.TWO, N(2) == 2, f"{N.ONE} {S.A}", S.A == "a", S.B_C.upper(), str(S.A), I.A | 8, I(3), sorted([N.TWO, N.ONE]), [10, 20][N.ONE], {1: "x"}[N.ONE])
for bad in ["Color(9)", "Color['X']", "Color.X", "setattr(Color, 'RED', 5)", "delattr(Color, 'RED')", "Color.RED < Color.GREEN", "Perm(8)", "Color()", "type('Sub', (Color,), {})", "Color.RED.value_", "Perm.R | 1", "setattr(Color.RED, 'value', 2)", "Enum('E', 'a a')", "N('1')", "S(1)", "Color.RED.RED is Color.RED", "iter(Color.RED)", "Color(None)"]:
    try:
        print(bad, "=", eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


class Planet(Enum):
    EARTH = (5.97, 6.37)

    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius

    @classmethod
    def _missing_(cls, v):
        return cls.EARTH if v == "home" else None


print(Planet.EARTH.mass, Planet("home"), Enum("Made", "A B").B, Enum("Made", {"X": 5}).X.value, IntEnum("E", ["P", "Q"], start=0).P)
for source in ["@unique\nclass D(Enum):\n A = 1\n B = 1", "class D(Enum):\n A = 1\n A = 2", "@verify(CONTINUOUS)\nclass D(IntEnum):\n A = 1\n B = 3", "class D(Enum):\n mro = 1", "class D(StrEnum):\n A = 1", "class D(Flag):\n A = 'x'", "class D(IntEnum):\n A = 'x'"]:
    try:
        exec(source)
    except Exception as error:
        print(type(error).__name__, error)


class Own(Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last):
        return name.lower() * (count + 1)

    A = auto()
    B = auto()
    skip = nonmember(5)

    @member
    def func(): ...


print([m.value for m in Own if isinstance(m.value, str)], Own.skip, type(Own.func).__name__)
import pickle

print(pickle.loads(pickle.dumps(Color.RED)) is Color.RED, hash(Color.RED) == hash("RED"), {Color.RED: 1}[Color.CRIMSON])
