from typing import *


@runtime_checkable
class Quacks(Protocol):
    name: str

    def quack(self) -> str: ...


class Duck:
    name = "d"

    def quack(self):
        return "q"


class Rock:
    pass


print(isinstance(Duck(), Quacks), isinstance(Rock(), Quacks), is_protocol(Quacks), sorted(get_protocol_members(Quacks)))


class NotRuntime(Protocol):
    x: int


for bad in ["isinstance(1, NotRuntime)", "Quacks()", "issubclass(Duck, Quacks)"]:
    try:
        print(eval(bad))
    except TypeError as error:
        print(error)


class Movie(TypedDict, total=False):
    title: Required[str]
    year: int
    tag: ReadOnly[str]


m: Movie = {"title": "x"}
print(Movie(title="y", year=1), m, Movie.__required_keys__, sorted(Movie.__optional_keys__), Movie.__total__, Movie.__readonly_keys__, is_typeddict(Movie), type(m).__name__)
try:
    isinstance({}, Movie)
except TypeError as error:
    print(error)
UserId = NewType("UserId", int)
print(UserId(5), UserId, type(UserId(5)), UserId.__supertype__)


def f(a: "int", b: list["str"] = [], *c: Any, d: "Undefined" = None) -> "list[int]": ...


try:
    get_type_hints(f)
except NameError as error:
    print(error)
Undefined = float
print(get_type_hints(f))


class H:
    x: Annotated[int, "m"]
    y: ClassVar["str"] = ""


print(get_type_hints(H), get_type_hints(H, include_extras=True))


@overload
def g(x: int) -> int: ...
@overload
def g(x: str) -> str: ...
def g(x):
    return x


print(len(get_overloads(g)), cast(str, 5), assert_type(1, str), reveal_type.__name__, TYPE_CHECKING)
try:
    assert_never(5)
except AssertionError as error:
    print(error)


@final
class F:
    pass


@no_type_check
def n(x: 5): ...


print(F.__final__, get_type_hints(n), Never, NoReturn, Self, LiteralString)


class Base:
    @override
    def m(self): ...


print(Base.m.__override__)
