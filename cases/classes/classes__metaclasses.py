class Registry(type):
    classes = {}

    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        print("prepare", name, kw)
        return {"injected": len(name)}

    def __new__(mcs, name, bases, ns, tag=None):
        cls = super().__new__(mcs, name, bases, dict(ns))
        mcs.classes[name] = tag
        return cls

    def __init__(cls, name, bases, ns, tag=None):
        print("init", name, sorted(k for k in ns if not k.startswith("__")))
        super().__init__(name, bases, ns)

    def __call__(cls, *args):
        print("call", cls.__name__, args)
        return super().__call__(*args)

    def __len__(cls):
        return 42

    def __iter__(cls):
        return iter(cls.__name__)

    def __contains__(cls, x):
        return x == "in"

    def __repr__(cls):
        return f"<reg {cls.__name__}>"

    def __or__(cls, other):
        return "or"

    @property
    def shout(cls):
        return cls.__name__.upper()


class Base(metaclass=Registry, tag="b"):
    x = 1


class Child(Base, tag="c"):
    def __init__(self, v):
        self.v = v


print(Child(5).v, len(Base), list(Base), "in" in Base, Base, Base | 5, Child.shout, Child.injected, Registry.classes)
try:
    Child(1).shout
except AttributeError as error:
    print(error)


class Other(type):
    pass


for source in ["class X(Base, metaclass=Other): pass", "class X(Base, wrong=1): pass", "class X(metaclass=5): pass", "class X(kw=1): pass"]:
    try:
        exec(source)
    except TypeError as error:
        print(error)


def function_meta(name, bases, ns, **kw):
    return (name, bases, sorted(k for k in ns if not k.startswith("__")), kw)


class Weird(int, metaclass=function_meta, a=1):
    y = 2


print(Weird)
