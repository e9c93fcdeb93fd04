import abc

print(isinstance(True, int), isinstance(1, (str, int)), isinstance(1, int | str), isinstance(None, int | None), issubclass(bool, int))
print(isinstance([], list), issubclass(list, object), isinstance(int, type), isinstance(type, type), isinstance(object, type))


class Meta(type):
    def __instancecheck__(cls, other):
        return other == "magic"

    def __subclasscheck__(cls, other):
        return other is int


class Special(metaclass=Meta):
    pass


print(isinstance("magic", Special), isinstance(1, Special), issubclass(int, Special), issubclass(str, Special))


class Duck(abc.ABC):
    @classmethod
    def __subclasshook__(cls, c):
        return any("quack" in vars(b) for b in c.__mro__) or NotImplemented


class Mallard:
    def quack(self):
        pass


print(issubclass(Mallard, Duck), isinstance(Mallard(), Duck), issubclass(int, Duck))
Duck.register(int)
print(isinstance(5, Duck))


class Liar:
    __class__ = property(lambda self: int)


print(isinstance(Liar(), int), type(Liar()) is int)
for bad in ["isinstance(1, 5)", "isinstance(1, [int])", "isinstance(1, list[int])", "issubclass(1, int)", "issubclass(int, 1)", "isinstance(1)", "isinstance(1, (int, 'a'))", "isinstance('a', (int, 'a'))"]:
    try:
        print(bad, eval(bad))
    except TypeError as error:
        print(f"{bad} -> {error}")
