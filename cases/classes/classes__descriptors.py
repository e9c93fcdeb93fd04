class Typed:
    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        self.name = name
        print("set_name", owner.__name__, name)

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return vars(obj).get(self.name, "unset")

    def __set__(self, obj, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name} wants {self.kind.__name__}")
        vars(obj)[self.name] = value

    def __delete__(self, obj):
        del vars(obj)[self.name]


class P:
    age = Typed(int)
    name = Typed(str)


p = P()
print(p.age)
p.age = 5
vars(p)["name"] = "direct"
print(p.age, p.name, type(P.age).__name__)
try:
    p.age = "x"
except TypeError as error:
    print(error)
del p.age
print(p.age)


class NonData:
    def __get__(self, obj, owner):
        return "descriptor"


class Q:
    x = NonData()


q = Q()
print(q.x, Q.x)
vars(q)["x"] = "instance"
print(q.x)


class M:
    def f(self):
        return self


m = M()
print(M.f.__get__(m)() is m, M.__dict__["f"].__get__(m, M)() is m, type(M.f).__name__, type(m.f).__name__)
import types

m.g = types.MethodType(lambda self, n: n * 2, m)
print(m.g(4))


class BadName:
    def __set_name__(self, owner, name):
        raise RuntimeError("no")


try:

    class R:
        x = BadName()

except RuntimeError as error:
    print(error, error.__notes__)


class OnlySet:
    def __set__(self, o, v):
        pass


class S:
    x = OnlySet()


print(type(S().x).__name__)
try:
    del S().x
except AttributeError as error:
    print(error)
