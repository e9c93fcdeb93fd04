from abc import ABC, ABCMeta, abstractmethod, get_cache_token
from collections.abc import Iterable, Sized

before = get_cache_token()


class Drawable(metaclass=ABCMeta):
    @abstractmethod
    def draw(self): ...

    @classmethod
    def __subclasshook__(cls, c):
        if cls is Drawable and any("draw" in vars(k) for k in c.__mro__):
            return True
        return NotImplemented


class Pic:
    def draw(self):
        return "pic"


class Other: ...


print(isinstance(Pic(), Drawable), isinstance(Other(), Drawable), issubclass(int, Drawable))
Drawable.register(Other)
print(isinstance(Other(), Drawable), get_cache_token() > before, Drawable.__abstractmethods__)
print([isinstance(x, Iterable) and isinstance(x, Sized) for x in ([], iter([]), "a", 5)])
for make in (lambda: Drawable(), lambda: ABC(), lambda: type("X", (ABC,), {"f": abstractmethod(lambda s: 0)})()):
    try:
        print(type(make()).__name__)
    except TypeError as error:
        print(error)
