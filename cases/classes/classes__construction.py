class New:
    def __new__(cls, *args, **kw):
        print("new", cls.__name__, args, kw)
        return super().__new__(cls)

    def __init__(self, x, y=2):
        print("init", x, y)


New(1, y=3)


class Other:
    def __new__(cls):
        return 5

    def __init__(self):
        print("never")


print(Other())


class Single:
    _it = None

    def __new__(cls):
        if cls._it is None:
            cls._it = super().__new__(cls)
        return cls._it


print(Single() is Single())


class BadInit:
    def __init__(self):
        return 1


class Plain:
    pass


class OnlyInit:
    def __init__(self, a):
        pass


for call in ["BadInit()", "Plain(1)", "Plain(a=1)", "OnlyInit()", "OnlyInit(1, 2)", "object(1)", "object.__new__()", "object.__new__(5)", "object.__new__(int)", "int.__new__(str)", "New()", "OnlyInit.__init__()", "type('X', (), {})(1)", "None.__class__()", "type(None)(1)", "type(...)()", "type(lambda: 0)()", "type(iter([]))()"]:
    try:
        print(call, eval(call))
    except TypeError as error:
        print(f"{call} -> {error}")


class Inch(float):
    def __new__(cls, v):
        return super().__new__(cls, v * 2.54)


print(Inch(2), type(Inch(1) + 1))
