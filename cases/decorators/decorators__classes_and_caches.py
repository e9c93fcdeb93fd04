import functools


def auto_repr(cls):
    cls.__repr__ = lambda self: f"{cls.__name__}({vars(self)})"
    return cls


def singleton(cls):
    instance = functools.cache(cls)
    return instance


@auto_repr
class P:
    def __init__(self, x):
        self.x = x


print(P(1))


@singleton
class S:
    pass


print(S() is S())
calls = []


@functools.lru_cache(maxsize=2)
def f(x):
    calls.append(x)
    return x * 2


print([f(v) for v in (1, 2, 1, 3, 2)], calls, f.cache_info(), f.cache_parameters())
f.cache_clear()
print(f.cache_info(), f.__wrapped__(9))


@functools.lru_cache(typed=True)
def g(x):
    return type(x).__name__


print(g(1), g(1.0), g(True), g.cache_info().misses)
try:
    f([])
except TypeError as error:
    print(error)


@functools.cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), fib.cache_info().hits)


class M:
    def __init__(self):
        self.n = 0

    @functools.lru_cache
    def m(self, k):
        self.n += 1
        return self.n


a, b = M(), M()
print(a.m(1), a.m(1), b.m(1), M.m.cache_info().currsize)


def validate(**types):
    def deco(f):
        @functools.wraps(f)
        def w(**kw):
            for k, t in types.items():
                if not isinstance(kw[k], t):
                    raise TypeError(f"{k} must be {t.__name__}")
            return f(**kw)

        return w

    return deco


@validate(a=int)
def h(a):
    return a


print(h(a=1))
try:
    h(a="x")
except TypeError as error:
    print(error)
try:
    functools.lru_cache("x")
except TypeError as error:
    print(error)
