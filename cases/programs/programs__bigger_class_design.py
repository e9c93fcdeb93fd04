from abc import ABC, abstractmethod
from functools import singledispatchmethod
from math import pi


class Shape(ABC):
    registry = {}

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Shape.registry[cls.__name__.lower()] = cls

    @abstractmethod
    def area(self): ...

    def __lt__(self, other):
        return self.area() < other.area()

    @classmethod
    def parse(cls, text):
        name, *args = text.split()
        try:
            return cls.registry[name](*map(float, args))
        except KeyError:
            raise ValueError(f"unknown shape {name!r}, known: {', '.join(sorted(cls.registry))}") from None


class Circle(Shape):
    def __init__(self, r):
        self.r = r

    def area(self):
        return pi * self.r**2


class Rect(Shape):
    def __init__(self, w, h):
        self.w, self.h = w, h

    def area(self):
        return self.w * self.h


class Square(Rect):
    def __init__(self, s):
        super().__init__(s, s)


class Canvas:
    def __init__(self):
        self.shapes = []

    @singledispatchmethod
    def add(self, what):
        raise TypeError(f"cannot add {type(what).__name__}")

    @add.register
    def _(self, s: Shape):
        self.shapes.append(s)
        return self

    @add.register
    def _(self, text: str):
        return self.add(Shape.parse(text))

    @add.register(list)
    def _(self, many):
        for one in many:
            self.add(one)
        return self

    def __iter__(self):
        return iter(sorted(self.shapes))


c = Canvas().add("circle 1").add(["rect 2 5", Square(3)])
for s in c:
    print(type(s).__name__, round(s.area(), 3), vars(s))
for bad in ("blob 1", "circle", "rect a b", 5):
    try:
        c.add(bad)
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
