import inspect
import types


class Base:
    """Base doc."""

    attr = 1

    def method(self):
        """Method doc."""

    @property
    def prop(self): ...

    @classmethod
    def cm(cls): ...

    @staticmethod
    def sm(): ...


class Child(Base):
    def method(self): ...


def gen():
    yield


async def coro(): ...


print(inspect.isclass(Base), inspect.isfunction(gen), inspect.ismethod(Base().method), inspect.isgeneratorfunction(gen), inspect.iscoroutinefunction(coro), inspect.isbuiltin(len), inspect.ismodule(types), inspect.isroutine(len), inspect.isabstract(Base), inspect.isdatadescriptor(Base.prop), inspect.ismethoddescriptor(str.upper))
print(inspect.getdoc(Child), inspect.getdoc(Child.method), inspect.cleandoc("  a\n    b\n  "), [n for n, _ in inspect.getmembers(Base) if not n.startswith("__")], [(a.name, a.kind) for a in inspect.classify_class_attrs(Base) if not a.name.startswith("__")], inspect.getmro(Child)[1].__name__)
print(inspect.getattr_static(Base, "cm").__class__.__name__, inspect.unwrap(gen) is gen, inspect.getmodule(types).__name__, inspect.getclosurevars(gen).globals, inspect.isawaitable(5))
g = gen()
print(inspect.getgeneratorstate(g), next(g), inspect.getgeneratorstate(g), inspect.getgeneratorlocals(g), g.close(), inspect.getgeneratorstate(g))
c = coro()
print(inspect.getcoroutinestate(c), c.close(), inspect.getcoroutinestate(c))
frame = inspect.currentframe()
print(frame.f_code.co_name, frame.f_back is None or True, [f.function for f in inspect.stack()][:1])


def who():
    return inspect.currentframe().f_back.f_code.co_name


def caller():
    return who()


print(caller(), inspect.getattr_static(Child(), "attr"), inspect.formatannotation(int), inspect.CO_GENERATOR & gen.__code__.co_flags > 0)
print([k for k in ("co_argcount", "co_nlocals") if hasattr(gen.__code__, k)], gen.__code__.replace(co_name="renamed").co_name, gen.__code__ == gen.__code__.replace())
