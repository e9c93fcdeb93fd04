from dataclasses import InitVar, dataclass, field, fields, replace
from functools import cached_property, total_ordering
from typing import ClassVar


@dataclass
class Base:
    id: int
    name: str = "base"
    count: ClassVar[int] = 0

    def __post_init__(self):
        type(self).count += 1


@dataclass
class Child(Base):
    name: str = "child"
    extra: list = field(default_factory=list, metadata={"unit": "kg"})

    def __post_init__(self):
        super().__post_init__()
        self.extra.append(self.id)


c = Child(1)
print(c, Child(2, "n", [5]), Base(3), Child.count, Base.count, [f.name for f in fields(Child)], fields(Child)[2].metadata["unit"])


@dataclass(order=True)
class Card:
    sort: tuple = field(init=False, repr=False)
    rank: int
    suit: str = field(compare=False)

    def __post_init__(self):
        self.sort = (self.rank, self.suit)


print(sorted([Card(3, "h"), Card(1, "s"), Card(3, "d")]), Card(1, "a") == Card(1, "b"), Card(1, "s") < Card(2, "a"))


@dataclass(frozen=True)
class Point:
    x: float
    y: float

    def __add__(self, o):
        return replace(self, x=self.x + o.x, y=self.y + o.y)

    @cached_property
    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5


p = Point(3, 4)
print(p + p, p.norm, vars(p), {p: "k"}[Point(3, 4)], hash(p) == hash((3, 4)))


@dataclass(eq=False, repr=False)
class Plain:
    a: int


print(Plain(1) == Plain(1), "Plain object" in repr(Plain(1)))


@dataclass
class Strict:
    value: int
    log: InitVar[list]

    def __post_init__(self, log):
        for f in fields(self):
            if not isinstance(getattr(self, f.name), f.type):
                raise TypeError(f"{f.name} must be {f.type.__name__}, got {type(getattr(self, f.name)).__name__}")
        log.append(self.value)


log = []
Strict(5, log)
try:
    Strict("x", log)
except TypeError as error:
    print(error, log)


@dataclass(match_args=False, kw_only=True)
class Kw:
    a: int
    b: int = 2


try:
    Kw(1)
except TypeError as error:
    print(error)
print(Kw(a=1), hasattr(Kw, "__match_args__"))
