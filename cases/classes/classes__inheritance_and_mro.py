class A:
    def who(self):
        return "A"


class B(A):
    def who(self):
        return "B" + super().who()


class C(A):
    def who(self):
        return "C" + super().who()


class D(B, C):
    def who(self):
        return "D" + super().who()


print(D().who(), [c.__name__ for c in D.mro()], D.__base__.__name__, D.__bases__ == (B, C))
print(super(B, D()).who(), B.who(D()), isinstance(D(), C), issubclass(D, (int, C)))
try:

    class Bad(A, B):
        pass

except TypeError as error:
    print(error)


class Counted:
    count = 0

    def __init__(self):
        type(self).count += 1


class Sub(Counted):
    pass


Counted(), Sub(), Sub()
print(Counted.count, Sub.count, vars(Sub).get("count"))


class NoSuper:
    def f(self):
        return super().missing


try:
    NoSuper().f()
except AttributeError as error:
    print(error)
try:
    super(int, "a")
except TypeError as error:
    print(error)
try:
    super().x
except RuntimeError as error:
    print(error)
print(super(D, D).__thisclass__.__name__, repr(super(B, D()))[:30])
