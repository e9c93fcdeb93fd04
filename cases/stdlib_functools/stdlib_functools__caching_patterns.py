import functools
from functools import cache, cached_property, lru_cache, partial, reduce


@lru_cache(maxsize=3)
def sq(n):
    print("compute", n, end="; ")
    return n * n


print([sq(n) for n in (1, 2, 3, 1, 4, 2)], sq.cache_info())


@lru_cache(maxsize=None)
def steps(n):
    return 1 if n <= 1 else steps(n - 1) + steps(n - 2)


print(steps(200), steps.cache_info().currsize)


@lru_cache
def kw(a, b=2, *c, **d):
    return (a, b, c, tuple(d.items()))


print(kw(1), kw(1, 2), kw(a=1), kw(1, b=2), kw.cache_info())


@lru_cache
def fails(n):
    print("called", n)
    raise ValueError(n)


for _ in range(2):
    try:
        fails(1)
    except ValueError as error:
        print("error", error)
print(fails.cache_info())


@lru_cache(maxsize=0)
def never(n):
    return n


print(never(1), never(1), never.cache_info())


class Data:
    def __init__(self):
        self.reads = 0

    @cached_property
    def rows(self):
        self.reads += 1
        return [1, 2]

    @property
    @cache
    def total(self):
        self.reads += 10
        return sum(self.rows)


d = Data()
print(d.rows is d.rows, d.total, d.total, d.reads, "rows" in vars(d))
d.rows = "overwritten"
print(d.rows)
try:

    class S:
        __slots__ = ()

        @cached_property
        def x(self):
            return 1

    S().x
except TypeError as error:
    print(error)


def recursive(n, memo={}):
    if n in memo:
        return memo[n]
    memo[n] = n if n < 2 else recursive(n - 1) + recursive(n - 2)
    return memo[n]


print(recursive(40), len(recursive.__defaults__[0]))
hexed = partial(format, format_spec="x") if False else partial(int, base=16)
print(hexed("ff"), reduce(lambda acc, f: f(acc), [str.strip, str.title, len], "  ab cd "), partial(max, 5)(3, 9), partial(sorted, reverse=True)([1, 3, 2]))
compose = lambda *fs: reduce(lambda f, g: lambda *a: g(f(*a)), fs)
print(compose(lambda x: x + 1, str, lambda s: s * 2)(5))
