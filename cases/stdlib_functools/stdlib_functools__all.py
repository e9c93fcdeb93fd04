import functools
import operator
from functools import *

print(reduce(operator.add, [1, 2, 3]), reduce(lambda a, b: a * b, [], 7), reduce(max, [3, 9, 2]), reduce(lambda a, b: f"({a}{b})", "abcd"), reduce(operator.sub, [1, 2], initial=10))
p = partial(int, base=2)
print(p("101"), p.func, p.args, p.keywords, partial(pow, 2)(5), partial(partial(print, 1), 2, sep="-").args, partial(pow, Placeholder, 2)(9))
q = partial(lambda *a, **k: (a, k), 1, x=2)
print(q(3, y=4), q(x=9), repr(partial(int, "5")))


@singledispatch
def show(x):
    return f"object {x}"


@show.register
def _(x: int):
    return f"int {x}"


@show.register(list)
def _(x):
    return "list " + ",".join(map(show, x))


@show.register
def _(x: float | complex):
    return f"floaty {x}"


print(show("a"), show(5), show(True), show([1, "b", 2.5]), show.dispatch(bool).__name__, sorted(c.__name__ for c in show.registry))


class C:
    @singledispatchmethod
    def f(self, x):
        return "default"

    @f.register
    def _(self, x: str):
        return f"str {x}"

    def base(self, a, b):
        return a, b

    part = partialmethod(base, 1)


print(C().f(1), C().f("s"), C().part(2))
key = cmp_to_key(lambda a, b: (a > b) - (a < b))
print(sorted([3, 1, 2], key=key), key(1) < key(2), key(1) == key(1), WRAPPER_ASSIGNMENTS)


def orig(a: int) -> str:
    "doc"


@wraps(orig, assigned=("__name__",), updated=())
def w(): ...


print(w.__name__, w.__doc__, w.__wrapped__ is orig)
for bad in ["reduce(operator.add, [])", "partial()", "partial(5)", "reduce(1, [1, 2])", "show()", "cmp_to_key()", "partial(pow, Placeholder)", "cached_property(5).__get__(5)", "partialmethod(5)", "partial(pow, x=Placeholder)", "key < 5", "hash(key(1))"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
