"""Classes: attributes, methods, properties, inheritance, many small objects."""

SMALL, LARGE = 3_000, 40_000


class Shape:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    @property
    def area(self):
        return self.width * self.height

    def scaled(self, factor):
        return type(self)(self.width * factor, self.height * factor)


class Square(Shape):
    def __init__(self, side, _=None):
        super().__init__(side, side)

    def __eq__(self, other):
        return self.width == other.width


def run(n):
    shapes = [Square(i % 100) if i & 1 else Shape(i % 100, 3) for i in range(n)]
    total = sum(shape.scaled(2).area for shape in shapes)
    same = sum(a == b for a, b in zip(shapes[1::2], shapes[101::2]))
    return total, same
