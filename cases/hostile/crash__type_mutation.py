class A:
    __slots__ = ("x",)


class B:
    pass


A().__class__ = B
