class Thing:
    kind = "thing"

    def __init__(self):
        self.x = 1

    def method(self):
        return self.x

    @property
    def double(self):
        return self.x * 2


t = Thing()
print(getattr(t, "x"), getattr(t, "nope", "default"), hasattr(t, "method"), hasattr(t, "nope"))
setattr(t, "y", 5)
print(vars(t), t.method(), t.double)
delattr(t, "y")
print(vars(t), [n for n in dir(t) if not n.startswith("__")])
setattr(t, "not an identifier", 1)
print(getattr(t, "not an identifier"))
for bad in [
    "t.nope", "t.metod", "t.double = 5", "del t.double", "del t.nope", "t.kindd", "Thing.x", "None.x", "(5).real = 1", "getattr(t, 5)", "setattr(t, 5, 1)",
    "int.foo = 1", "t()", "t[0]", "t[0] = 1", "del t[0]", "len(t)", "t + 1", "t < t", "iter(t)", "t.__class__ = 5", "t.__class__ = int", "vars(5)", "object().x = 1", "t.__dict__ = 5", "'a'.foo", "Thing.metod",
]:
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(callable(t), callable(Thing), callable(t.method))
print(t.method.__self__ is t, t.method.__func__ is Thing.method, t.method == t.method, t.method is t.method)
