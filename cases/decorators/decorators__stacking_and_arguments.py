import functools

calls = []


def trace(label=None, *, enabled=True):
    def deco(f):
        @functools.wraps(f)
        def wrap(*a, **k):
            calls.append((label or f.__name__, a, k))
            return f(*a, **k)

        return wrap if enabled else f

    return deco


@trace()
@trace("outer label")
def add(a, b=0):
    return a + b


@trace(enabled=False)
def quiet():
    return 1


print(add(1, b=2), quiet(), calls, add.__wrapped__.__wrapped__.__name__)


def optional(f=None, *, times=2):
    if f is None:
        return functools.partial(optional, times=times)

    @functools.wraps(f)
    def wrap(*a):
        return [f(*a) for _ in range(times)]

    return wrap


@optional
def one():
    return "x"


@optional(times=3)
def two():
    return "y"


print(one(), two())


def retry(n, *kinds):
    def deco(f):
        def wrap(*a):
            for i in range(n):
                try:
                    return f(*a)
                except kinds as e:
                    last = e
                    print("retry", i, e)
            raise last

        return wrap

    return deco


attempts = iter([ValueError("1"), KeyError("2"), "ok"])


@retry(3, ValueError, KeyError)
def flaky():
    r = next(attempts)
    if isinstance(r, Exception):
        raise r
    return r


print(flaky())


def memo(f):
    f.cache = {}

    @functools.wraps(f)
    def wrap(*a):
        if a not in f.cache:
            f.cache[a] = f(*a)
        return f.cache[a]

    return wrap


@memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(60), len(fib.__wrapped__.cache))


class deco_class:
    def __init__(self, prefix):
        self.prefix = prefix

    def __call__(self, f):
        return lambda *a: f"{self.prefix}{f(*a)}"


@deco_class("> ")
def greet(n):
    return f"hi {n}"


print(greet("ann"), [d.__name__ for d in (trace, optional, retry)])
order = []


def note(n):
    order.append(f"make {n}")
    return lambda f: order.append(f"apply {n}") or f


@note(1)
@note(2)
class K:
    @note("m1")
    @note("m2")
    def m(self): ...


print(order)
