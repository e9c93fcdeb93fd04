class Hook:
    def __init__(self):
        self.real = 1

    def __getattribute__(self, name):
        if name == "secret":
            return "intercepted"
        return super().__getattribute__(name)

    def __getattr__(self, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(f"no {name}")

    def __setattr__(self, name, value):
        if name == "locked":
            raise AttributeError("locked!")
        super().__setattr__(name, value)

    def __delattr__(self, name):
        print("deleting", name)
        super().__delattr__(name)

    def __dir__(self):
        return ["z", "a"]


h = Hook()
print(h.real, h.secret, h.dyn_x, hasattr(h, "q"), getattr(h, "q", 0), dir(h))
h.new = 2
del h.new
for bad in ["h.locked = 1", "h.q", "del h.q", "del h.nope"]:
    try:
        exec(bad)
    except AttributeError as error:
        print(error)


class Loop:
    def __getattr__(self, name):
        return self.__dict__[name]


try:
    Loop().x
except KeyError as error:
    print(repr(error))


class Slots:
    __slots__ = ("a", "__dict__")


s = Slots()
s.a, s.b = 1, 2
print(s.__dict__, s.a)


class Proxy:
    def __init__(self, target):
        object.__setattr__(self, "_t", target)

    def __getattr__(self, n):
        return getattr(self._t, n)

    def __setattr__(self, n, v):
        setattr(self._t, n, v)


p = Proxy([3, 1])
p.sort()
print(p._t, p.count(1))
try:
    len(p)
except TypeError as error:
    print(error)
try:
    p.x = 1
except AttributeError as error:
    print(error)


class Meta(type):
    def __getattr__(cls, name):
        return f"{cls.__name__}.{name}"


class K(metaclass=Meta):
    pass


print(K.anything, hasattr(K(), "anything"))
