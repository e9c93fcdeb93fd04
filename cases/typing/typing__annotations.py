import annotationlib
import inspect


def f(a: int, b: "str", c: undefined = 1) -> None: ...


try:
    f.__annotations__
except NameError as error:
    print(error)
print(annotationlib.get_annotations(f, format=annotationlib.Format.STRING))
print(annotationlib.get_annotations(f, format=annotationlib.Format.FORWARDREF)["a"], type(annotationlib.get_annotations(f, format=annotationlib.Format.FORWARDREF)["c"]).__name__)


class Node:
    next: Node
    value: int = 0
    name: str


print(Node.__annotations__, Node.value, hasattr(Node, "name"), annotationlib.get_annotations(Node, format=annotationlib.Format.STRING))
x: int
y: list[int] = [1]
print(__annotations__ if "__annotations__" in globals() else "-", __annotate__(1))
try:
    x
except NameError as error:
    print(error)
undefined = float
print(f.__annotations__)


def local():
    z: int
    w: print("never evaluated") = 5
    return w


print(local(), local.__annotations__)


class C:
    def m(self, x: C) -> C: ...


print(C.m.__annotations__["x"] is C, inspect.signature(C.m))
f.__annotations__ = {"replaced": 1}
print(f.__annotations__, f.__annotate__)
try:
    f.__annotations__ = 5
except TypeError as error:
    print(error)
ref = annotationlib.ForwardRef("list[int]")
print(ref.evaluate(), ref.__forward_arg__)
print(annotationlib.type_repr(int), annotationlib.type_repr("x"), annotationlib.type_repr(list[int]))
def g[T](x: T) -> list[T]: ...
print(annotationlib.get_annotations(g, format=annotationlib.Format.STRING), g.__annotations__["x"].__name__)
