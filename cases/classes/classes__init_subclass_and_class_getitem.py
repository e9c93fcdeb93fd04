class Plugin:
    registry = []

    def __init_subclass__(cls, /, name=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry.append((cls.__name__, name))


class A(Plugin, name="a"):
    pass


class B(A):
    pass


print(Plugin.registry)
try:

    class C(Plugin, nope=1):
        pass

except TypeError as error:
    print(error)


class Box:
    def __class_getitem__(cls, key):
        return f"{cls.__name__}[{key}]"


print(Box[int], Box["a", 1])
try:
    int[5]
except TypeError as error:
    print(error)
try:
    Box()[1]
except TypeError as error:
    print(error)


class Mro:
    def __mro_entries__(self, bases):
        print("entries", len(bases))
        return (dict,)


class UsesIt(Mro()):
    pass


print(UsesIt.__bases__, UsesIt.__orig_bases__[0].__class__.__name__)
import types

print(types.resolve_bases((Mro(),)), types.new_class("N", (Plugin,), {"name": "n"}, lambda ns: ns.update(v=1)).v, Plugin.registry[-1], types.get_original_bases(UsesIt) == UsesIt.__orig_bases__)
