class Temp:
    def __init__(self, c=0):
        self._c = c

    @property
    def c(self):
        """Degrees."""
        return self._c

    @c.setter
    def c(self, v):
        if v < -273.15:
            raise ValueError(f"{v} is below absolute zero")
        self._c = v

    @c.deleter
    def c(self):
        print("deleted")
        self._c = None

    @property
    def f(self):
        return self._c * 9 / 5 + 32

    write_only = property(None, lambda self, v: print("wrote", v))


t = Temp(25)
print(t.c, t.f, Temp.c.__doc__, Temp.c.fget(t), Temp.f.fset, Temp.c.__name__)
t.c = 30
print(t.c)
t.write_only = 5
del t.c
for bad in ["t.c = -300", "t.f = 5", "del t.f", "t.write_only", "Temp.f.__set__(t, 1)", "Temp.c.__get__(None, Temp).nope"]:
    try:
        exec(bad)
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


class Child(Temp):
    @Temp.c.getter
    def c(self):
        return "child"


print(Child().c)


class Raises:
    @property
    def x(self):
        return self.missing

    def __getattr__(self, name):
        return f"fallback {name}"


print(Raises().x, Raises().y)
import functools


class Cached:
    calls = 0

    @functools.cached_property
    def v(self):
        self.calls += 1
        return self.calls


k = Cached()
print(k.v, k.v, vars(k))
del k.v
print(k.v)
