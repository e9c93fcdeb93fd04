Point = type("Point", (), {"x": 1, "describe": lambda self: f"point {self.x}"})
print(Point, Point().describe(), Point.__name__, Point.__mro__, Point.__module__)
Sub = type("Sub", (Point, dict), {})
print(Sub.__bases__, Sub(a=1), issubclass(Sub, dict))
print(type(5), type(Point), type(type), type(None), type(...), type(NotImplemented), type(len), type(lambda: 0), type(print.__call__))
for bad in [
    "type('X', (int, str), {})",
    "type('X', (bool,), {})",
    "type('X', (5,), {})",
    "type('X', [], {})",
    "type(5, (), {})",
    "type('X', (Point, Point), {})",
    "type('X', (object, Point), {})",
    "type('X', (), {'__slots__': ('a b',)})",
    "type('X', (), {'__slots__': 'a', 'a': 1})",
    "type()",
    "type(1, 2)",
    "type('X', (type(None),), {})",
    "type('X', (range,), {})",
    "type('a\\0b', (), {})",
]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
A = type("A", (), {})
B = type("B", (A,), {})
C = type("C", (A,), {})
D = type("D", (B, C), {})
print([c.__name__ for c in D.__mro__], [c.__name__ for c in A.__subclasses__()])
D.__name__ = "Renamed"
print(D.__name__, D.__qualname__, repr(D))
try:
    B.__bases__ = (D,)
except TypeError as error:
    print(error)
