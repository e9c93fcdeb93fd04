add = lambda a, b=1, *c, d=2, **e: (a, b, c, d, e)
print(add(1), add(1, 2, 3, d=4, f=5))
print(add.__name__, add.__defaults__, add.__kwdefaults__)


def documented(a: int, b: "str" = "x") -> list[int]:
    """The docstring."""
    return [a]


print(documented.__doc__, documented.__name__, documented.__qualname__, documented.__module__)
print(documented.__annotations__)
documented.extra = 1
print(documented.__dict__, documented.extra)
print(documented.__code__.co_varnames, documented.__code__.co_argcount, documented.__code__.co_name)
print((lambda: (yield))().__class__.__name__)
functions = {"sq": lambda v: v * v, "neg": lambda v: -v}
print({k: f(4) for k, f in functions.items()})


def compose(*fs):
    def run(v):
        for f in reversed(fs):
            v = f(v)
        return v

    return run


print(compose(str, abs, int)("-5") + "!")


def fact(n):
    return 1 if n < 2 else n * fact(n - 1)


print(fact(25))
documented.__defaults__ = ("new",)
print(documented.__defaults__)
try:
    documented.__code__ = 5
except TypeError as error:
    print(error)
print(callable(fact), callable(5), callable(int), fact is fact)
