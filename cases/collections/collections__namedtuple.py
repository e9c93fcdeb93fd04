from collections import namedtuple

P = namedtuple("P", "x y", defaults=[0])
p = P(1)
print(p, p.x, p[1], p._asdict(), p._replace(y=5), P._fields, P._field_defaults, P._make([7, 8]), p == (1, 0), tuple(p), *p)
x, y = p
print(x, y, p + (3,), p < P(2), hash(p) == hash((1, 0)), isinstance(p, tuple), p.index(1), P.x.__doc__, P.__doc__, P.__match_args__)
R = namedtuple("R", ["class", "ok", "ok", "_u", "1a"], rename=True)
print(R._fields, R(*range(5)))
for bad in ["P()", "P(1, 2, 3)", "P(1, z=2)", "p.z", "P._make([1, 2, 3])", "p._replace(q=1)", "namedtuple('N', 'a a')", "namedtuple('N', 'class')", "namedtuple('N', '_a')", "namedtuple('1N', 'a')", "namedtuple('N', 'a', defaults=[1, 2])", "setattr(p, 'x', 5)", "namedtuple('N', 'a b', defaults=5)", "p.__class__.__new__(P)", "del_(p)"]:

    def del_(v):
        del v.x

    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


class Sub(P):
    __slots__ = ()

    @property
    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5

    def __str__(self):
        return f"<{self.x}, {self.y}>"


s = Sub(3, 4)
print(s.norm, str(s), repr(s), s._replace(x=0), type(s._replace(x=0)).__name__)
import copy
import pickle

print(pickle.loads(pickle.dumps(p)) == p, copy.copy(p), copy.replace(p, x=9))
match p:
    case P(x=1, y=b):
        print("matched", b)
match p:
    case P(a, b):
        print(a, b)
from typing import NamedTuple


class T(NamedTuple):
    """Doc."""

    a: int
    b: str = "d"

    def up(self):
        return self.b.upper()


print(T(1), T(1).up(), T.__annotations__, T._field_defaults, T.__doc__)
