import typing
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, Optional, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Repo(Generic[T]):
    def __class_getitem__(cls, item):
        r = super().__class_getitem__(item)
        return r

    def get(self) -> T: ...


class Users(Repo[int]): ...


print(Users.__orig_bases__, Repo[str], get_args(Users.__orig_bases__[0]), Repo.__parameters__, Users.__mro__[1].__name__)
print(get_args(Literal["a", 2]), get_origin(Annotated[int, "x", 5]), get_args(Annotated[int, "x", 5]), Annotated[int, 1].__metadata__, Annotated[Annotated[int, 1], 2], Literal[1, 1, 2], Literal[1] == Literal[True])
print(Optional[int] == Union[int, None] == int | None, Union[int, Union[str, float]], (int | str) | None, type(int | str).__name__, typing.List[int], typing.Dict, typing.Callable[..., int], typing.Tuple[()], typing.Type[int])
def add(a: int, b: "float" = 1.0, *args: "Any", **kw: Optional["int"]) -> "Union[int, None]": ...


print(get_type_hints(add))


class Config(NamedTuple):
    host: str
    port: int = 80


print(Config("h"), Config._field_defaults, get_type_hints(Config), Config("h") == ("h", 80))


def convert(hint, value):
    if get_origin(hint) is list:
        return [convert(get_args(hint)[0], v) for v in value]
    if get_origin(hint) is dict:
        k, v = get_args(hint)
        return {convert(k, a): convert(v, b) for a, b in value.items()}
    if get_origin(hint) in (Union, type(int | str)):
        for h in get_args(hint):
            try:
                return convert(h, value)
            except (TypeError, ValueError):
                continue
        raise ValueError(f"{value!r} fits none of {hint}")
    if hint is type(None):
        if value is not None:
            raise ValueError
        return None
    return hint(value)


print(convert(list[int], ["1", "2"]), convert(dict[str, list[float]], {"a": ["1"]}), convert(int | None, None), convert(int | str, "x"))
try:
    convert(int | None, "x")
except ValueError as error:
    print(error)
Meters = NewType("Meters", float)
print(Meters(5.0) + 1, Meters.__name__, typing.get_protocol_members(typing.SupportsInt), isinstance(5, typing.SupportsInt), isinstance([], typing.Iterable), isinstance({}, typing.Mapping), issubclass(dict, typing.Hashable))
