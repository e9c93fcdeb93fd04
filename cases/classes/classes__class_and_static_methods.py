class Date:
    def __init__(self, y, m):
        self.y, self.m = y, m

    @classmethod
    def parse(cls, text):
        return cls(*map(int, text.split("-")))

    @staticmethod
    def valid(m):
        return 1 <= m <= 12

    def __repr__(self):
        return f"{type(self).__name__}({self.y}, {self.m})"


class Sub(Date):
    pass


print(Date.parse("2024-05"), Sub.parse("2024-05"), Sub(1, 2).parse("3-4"), Date.valid(13), Sub(1, 2).valid(3))
print(type(Date.__dict__["parse"]).__name__, type(Date.__dict__["valid"]).__name__, type(Date.parse).__name__, type(Date.valid).__name__, Date.parse.__self__.__name__)
print(Date.__dict__["valid"](5), Date.__dict__["valid"].__func__(5), Date.__dict__["parse"].__func__(Sub, "9-9"))
try:
    Date.__dict__["parse"]("x")
except TypeError as error:
    print(error)
try:
    Date.__repr__()
except TypeError as error:
    print(error)
print(Date.__repr__(Date(0, 0)), Date.__init__.__qualname__, Date.parse.__name__)


class Nested:
    class Inner:
        def f(self):
            return __class__.__qualname__

    def g(self):
        def local():
            pass

        return local.__qualname__


print(Nested.Inner().f(), Nested().g(), Nested.Inner, (lambda: 0).__qualname__)
