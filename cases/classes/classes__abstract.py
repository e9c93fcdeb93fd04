from abc import ABC, ABCMeta, abstractmethod, update_abstractmethods


class Shape(ABC):
    @abstractmethod
    def area(self):
        return "base"

    @property
    @abstractmethod
    def name(self): ...

    @classmethod
    @abstractmethod
    def make(cls): ...

    @staticmethod
    @abstractmethod
    def helper(): ...

    def describe(self):
        return f"{self.name} {self.area()}"


try:
    Shape()
except TypeError as error:
    print(error)


class Partial(Shape):
    def area(self):
        return super().area() + "!"


try:
    Partial()
except TypeError as error:
    print(error)


class Square(Partial):
    name = "square"

    @classmethod
    def make(cls):
        return cls()

    @staticmethod
    def helper():
        return "help"


print(Square.make().describe(), Square.helper(), sorted(Shape.__abstractmethods__), Square.__abstractmethods__)


class One(ABC):
    @abstractmethod
    def only(self): ...


try:
    One()
except TypeError as error:
    print(error)
One.only = lambda self: 1
update_abstractmethods(One)
print(One().only())


@One.register
class Virtual:
    pass


print(issubclass(Virtual, One), isinstance(Virtual(), One), One in Virtual.__mro__, type(One) is ABCMeta)
try:
    One.register(5)
except TypeError as error:
    print(error)
try:
    Virtual2 = type("V", (), {})
    One.register(Virtual2)
    Virtual2.register(One)
except AttributeError as error:
    print(error)
