import functools


@functools.total_ordering
class Version:
    def __init__(self, text):
        self.parts = tuple(map(int, text.split(".")))

    def __eq__(self, o):
        return self.parts == o.parts if isinstance(o, Version) else NotImplemented

    def __lt__(self, o):
        return self.parts < o.parts if isinstance(o, Version) else NotImplemented

    def __repr__(self):
        return ".".join(map(str, self.parts))


a, b = Version("1.2"), Version("1.10")
print(a < b, a <= b, a > b, a >= b, a == Version("1.2"), a != b, max(a, b), sorted([b, a]), a == 5)
for bad in ["a < 5", "5 >= a", "hash(a)"]:
    try:
        eval(bad)
    except TypeError as error:
        print(error)


class Log:
    def __init__(self, n):
        self.n = n

    def __lt__(self, o):
        print(f"{self.n}<{o.n}", end=" ")
        return self.n < o.n

    def __gt__(self, o):
        print(f"{self.n}>{o.n}", end=" ")
        return self.n > o.n


print(Log(1) < Log(2) < Log(0))
print(max(Log(1), Log(3), Log(2)).n, min([Log(2), Log(1)]).n)


class Odd:
    def __eq__(self, o):
        return "truthy"

    def __ne__(self, o):
        return []


print(Odd() == 1, Odd() != 1, 1 == Odd(), Odd() in [1], [Odd()] == [1], [Odd()].index(5))


class Raises:
    def __eq__(self, o):
        raise ValueError("no comparison")


try:
    Raises() in [1]
except ValueError as error:
    print(error)
r = Raises()
print(r in [r], [r] == [r], [r].count(r))
try:
    functools.total_ordering(type("X", (), {}))
except ValueError as error:
    print(error)
