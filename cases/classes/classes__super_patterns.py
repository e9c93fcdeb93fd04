class Base:
    def __init__(self):
        self.trail = ["Base"]

    def hook(self):
        return ["Base.hook"]

    @classmethod
    def make(cls):
        return f"made {cls.__name__}"

    @property
    def p(self):
        return "Base.p"

    def __repr__(self):
        return "Base()"

    def __setattr__(self, n, v):
        object.__setattr__(self, n, v)

    def __getitem__(self, k):
        return ("base", k)


class A(Base):
    def __init__(self):
        super().__init__()
        self.trail.append("A")

    def hook(self):
        return super().hook() + ["A.hook"]

    @classmethod
    def make(cls):
        return super().make() + " via A"

    @property
    def p(self):
        return super().p + "+A"

    def __repr__(self):
        return "A<" + super().__repr__() + ">"

    def __getitem__(self, k):
        return super().__getitem__(k) + ("A",)

    def in_comprehension(self):
        s = super()
        return [s.hook() for _ in range(1)], [super(A, self).p for _ in range(1)]

    def in_nested(self):
        def inner():
            return super(A, self).hook()

        return inner()


class B(Base):
    def hook(self):
        return super().hook() + ["B.hook"]


class C(A, B):
    def hook(self):
        return super().hook() + ["C.hook"]


c = C()
print(c.trail, c.hook(), C.make(), c.p, c, c[1], c.in_comprehension(), c.in_nested())
print([k.__name__ for k in C.__mro__], super(A, c).hook(), super(A, C).make(), A.hook(c))
try:
    super(B, A()).hook()
except TypeError as error:
    print(error)


def outside():
    super().x


try:
    outside()
except RuntimeError as error:
    print(error)
class D(A):
    __class__ = 5
    def f(self):
        return super().__class__ if False else super(D, self).p
print(D().f())
