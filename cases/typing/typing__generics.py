from typing import *
import typing


class Stack[T]:
    def __init__(self):
        self.items: list[T] = []

    def push(self, x: T) -> None:
        self.items.append(x)


s = Stack[int]()
s.push(1)
print(Stack[int], Stack.__type_params__, s.__orig_class__, Stack[int].__args__, Stack[int].__origin__, Stack.__parameters__)
T = TypeVar("T", bound=int)
K = TypeVar("K", int, str)
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")
print(T, T.__bound__, K.__constraints__, P, Ts, P.args, P.kwargs, *Ts)


def first[A: (int, str), *B, **C](x: A, *r: *B) -> A:
    return x


print(first.__type_params__, first.__type_params__[0].__constraints__, first.__annotations__["return"])
print(list[int], dict[str, list[int]], tuple[int, ...], int | None, Optional[int], Union[int, str], Callable[[int], str], Literal["a", 1], Annotated[int, "meta"], type[int], ClassVar[int], Final[int])
print(get_origin(list[int]), get_args(dict[str, int]), get_args(Callable[[int], str]), get_args(int | str), get_origin(int | str), list[T][int], dict[T, K][int, str], Union[int, int], Optional[None] if False else "-")
print(list[int] == list[int], hash(list[int]) == hash(list[int]), isinstance(1, int | str), int | str == Union[int, str], list[int]([1, "a"]), list[int].__mro_entries__(()) )
type Alias[X] = dict[str, X]
type Rec = list[Rec] | int
print(Alias, Alias[int], Alias.__value__, Alias[int].__args__, Rec.__value__, Alias.__type_params__)
for bad in ["Stack[int, str]", "list[int][str]", "int[str]", "Union[()]", "Optional[int, str]", "Literal", "Generic[int]", "TypeVar('T', int)", "TypeVar('T', int, bound=str)", "Any()", "isinstance(1, list[int])", "isinstance(1, Any)", "Callable[int]", "T()", "ClassVar[ClassVar[int]]", "Union[int, 5]", "class_x()", "Annotated[int]", "Protocol[int]"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
