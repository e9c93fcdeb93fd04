class P:
    __slots__ = ("x", "y")

    def __init__(self, x):
        self.x = x


p = P(1)
print(p.x, P.__slots__, hasattr(p, "__dict__"), hasattr(p, "__weakref__"), type(P.x).__name__)
for bad in ["p.y", "p.z", "setattr(p, 'z', 1)", "delattr(p, 'y')", "vars(p)", "P.x.__get__(5)", "P.x.__set__(5, 1)"]:
    try:
        print(eval(bad))
    except (AttributeError, TypeError) as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
p.y = 2
del p.x
print(p.y, hasattr(p, "x"))


class Q(P):
    __slots__ = {"z": "the z"}


class R(P):
    pass


q, r = Q(1), R(1)
q.z = 3
r.anything = 4
print(q.x, q.z, vars(r), Q.__slots__, R.__dict__.get("__slots__"))


class Empty:
    __slots__ = ()


class Mixed(Empty, P):
    __slots__ = ()


print(Mixed(5).x)


class A:
    __slots__ = ("a",)


class B:
    __slots__ = ("b",)


for source in ["class X(A, B): pass", "class X(A): __slots__ = ('a', 'c', 'c')", "class X: __slots__ = 5", "class X: __slots__ = ('1x',)", "class X(int): __slots__ = ('v',)", "class X(tuple): __slots__ = ('v',)", "class X:\n __slots__ = 'y'\n y = 1", "class X: __slots__ = ('__dict__', '__dict__')", "q.__class__ = R", "p.__class__ = A"]:
    try:
        exec(source)
        print(source, "ok")
    except (TypeError, ValueError) as error:
        print(f"{source!r} -> {error}")
import copy
import pickle

c = copy.copy(q)
print(c.x, c.z, pickle.loads(pickle.dumps(q)).z)
