from dataclasses import *
from typing import ClassVar


@dataclass
class P:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, compare=False)
    hidden: int = field(default=9, repr=False)
    kind: ClassVar[str] = "point"
    init: InitVar[int] = 5

    def __post_init__(self, init):
        self.total = self.x + self.y + init


p = P(1, 2)
print(p, p.total, P(1, 2) == P(1, 2, ["t"]), P(1).tags is P(1).tags, asdict(p), astuple(p), replace(p, x=9, init=1), [f.name for f in fields(P)], is_dataclass(p), P.__match_args__, P.kind)


@dataclass(frozen=True, order=True, slots=True)
class F:
    a: int
    b: str = "b"


f = F(1)
print(f, f < F(2), sorted([F(2), F(1, "z"), F(1)]), hash(f) == hash(F(1)), {f: 1}[F(1)], F.__slots__)
for bad in ["setattr(f, 'a', 2)", "delattr(f, 'a')", "setattr(f, 'z', 2)", "F()", "F(1, 2, 3)", "hash(p)", "p < p", "f < 5", "replace(f, q=1)", "asdict(5)", "fields(5)", "P(y=1)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


@dataclass(kw_only=True)
class K(P):
    z: int
    _: KW_ONLY = None


print(K(1, z=5), K(1, 2, z=3).total)


@dataclass
class Tree:
    v: int
    kids: list["Tree"] = field(default_factory=list)


t = Tree(1, [Tree(2), Tree(3, [Tree(4)])])
print(t, asdict(t))
for source in ["@dataclass\nclass B:\n a: list = []", "@dataclass\nclass B:\n a: int = 1\n b: int", "@dataclass(order=True, eq=False)\nclass B: pass", "@dataclass(frozen=True)\nclass B(P): pass", "@dataclass(order=True)\nclass B:\n def __lt__(s, o): pass", "@dataclass\nclass B:\n a: int = field(default=1, default_factory=int)", "@dataclass\nclass B:\n a = field()", "@dataclass(slots=True)\nclass B:\n __slots__ = ('a',)\n a: int", "@dataclass(weakref_slot=True)\nclass B: pass"]:
    try:
        exec(source)
        print("ok")
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
M = make_dataclass("M", [("a", int), ("b", str, "x"), "c"] if False else [("a", int), ("b", str, "x")], namespace={"up": lambda s: s.b.upper()})
print(M(1), M(1).up(), repr(fields(M)[1].default), MISSING is fields(M)[0].default, field(default=1).default)
