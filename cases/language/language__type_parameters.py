class Box[T]:
    def __init__(self, v: T):
        self.v = v

    def map[U](self, f) -> "Box[U]":
        return Box(f(self.v))


def swap[A, B](p: tuple[A, B]) -> tuple[B, A]:
    return p[1], p[0]


type Tree[T] = T | list[Tree[T]]
type Op[**P, R = int] = "callable"
print(Box(5).map(str).v, swap((1, "a")), Box.__type_params__, swap.__type_params__, Box.map.__type_params__, Tree.__type_params__, Op.__type_params__)
print(Box[int].__args__, Box[int](5).v, Tree[int], Op.__type_params__[1].__default__, Box.__orig_bases__, Box.__mro__[1].__name__)


class Bound[T: int = bool, *Ts = *tuple[int, str]]: ...


T, Ts = Bound.__type_params__
print(T.__bound__, T.__default__, Ts.__default__, T.has_default(), T.__infer_variance__, T.__covariant__)
for source in ["def f[T, T](): pass", "class A[T: (int, str)](T): pass", "type X[T] = (yield)", "def f[T = int, U](): pass", "class A[*T: int]: pass", "type X = (y := 1)", "def f[](): pass", "class A[T]:\n    nonlocal T", "T = 1\nclass A[T]:\n    x = T\nprint(A.x)", "type int_ = undefined_name\nint_.__value__", "type X = 1; X = 2", "lambda[T]: 0", "def f[__T](): return __T\nprint(f())"]:
    try:
        exec(source, {})
        print("ok")
    except Exception as error:
        print(type(error).__name__, str(error).split(" (<")[0])
