import functools


def logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kw):
        print(f"call {f.__name__}{args}{kw}")
        result = f(*args, **kw)
        print(f"-> {result}")
        return result

    return wrapper


@logged
def add(a, b=1):
    """Adds."""
    return a + b


add(1, b=2)
print(add.__name__, add.__doc__, add.__wrapped__(5), add.__module__)


def repeat(n):
    def deco(f):
        def w(*a):
            return [f(*a) for _ in range(n)]

        return w

    return deco


def tag(name):
    print("tag", name)
    return lambda f: lambda *a: f"<{name}>{f(*a)}</{name}>"


@tag("outer")
@tag("inner")
def text(s):
    return s


print(text("x"))


@repeat(3)
@str.upper
@lambda f: f()
def value():
    return "v"


try:
    value()
except TypeError as error:
    print(error)


class Counter:
    def __init__(self, f):
        functools.update_wrapper(self, f)
        self.f, self.n = f, 0

    def __call__(self, *a):
        self.n += 1
        return self.f(*a)

    def __get__(self, obj, owner=None):
        return self if obj is None else functools.partial(self, obj)


@Counter
def once():
    return 1


once(), once()
print(once.n, once.__name__)


class K:
    @Counter
    def m(self):
        return type(self).__name__


print(K().m(), K().m(), K.m.n)


def register(table):
    def deco(f):
        table[f.__name__] = f
        return f

    return deco


table = {}


@register(table)
def one():
    return 1


@(lambda c: setattr(c, "x", 5) or c)
class D:
    pass


print(table["one"](), D.x)
