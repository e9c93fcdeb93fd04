class A:
    x = "class"


a = A()
print(a.x, a.__dict__)
a.x = "instance"
print(a.x, A.x, a.__dict__, vars(a) is a.__dict__)
del a.x
print(a.x)
a.__dict__ = {"y": 5}
print(a.y, a.x)
a.__dict__["with space"] = 1
print(getattr(a, "with space"), sorted(vars(a)))
A.method = lambda self: f"added later {self.y}"
print(a.method())
a.method = lambda: "instance override"
print(a.method())


class Borg:
    _shared = {}

    def __init__(self):
        self.__dict__ = self._shared


b, c = Borg(), Borg()
b.v = 1
print(c.v, b is c)


class AttrDict(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__


d = AttrDict(a=1)
d.b = 2
del d.a
print(d, d.b)
try:
    d.nope
except KeyError as error:
    print(repr(error))


class Frozen:
    def __init__(self, **k):
        self.__dict__.update(k)

    def __setattr__(self, n, v):
        raise AttributeError(f"cannot set {n}")


f = Frozen(a=1)
try:
    f.a = 2
except AttributeError as error:
    print(error)
f.__dict__["a"] = 3
print(f.a)


class Lazy:
    def __getattr__(self, n):
        print("computing", n)
        value = n * 2
        setattr(self, n, value)
        return value


l = Lazy()
print(l.ab, l.ab)
a.__class__ = Lazy
print(a.zz, type(a).__name__)
