words = ["banana", "Apple", "cherry", "apple", "Banana"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len, reverse=True))
data = [("b", 2), ("a", 2), ("c", 1)]
data.sort(key=lambda p: p[1])
print(data)
print(sorted(data, key=lambda p: (-p[1], p[0])))


class Loud:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        return self.v < other.v

    def __repr__(self):
        return f"L{self.v}"


print(sorted([Loud(3), Loud(1), Loud(2)]), max([Loud(3), Loud(1)], key=lambda l: l.v))
import functools

print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))
l = [3, 1, 2]


def evil(x):
    l.append(0)
    return x


try:
    l.sort(key=evil)
except ValueError as error:
    print(error, len(l) > 0)
try:
    [1, "a", 2].sort()
except TypeError as error:
    print(error)
try:
    sorted([1], key=5)
except TypeError as error:
    print(error)


def boom(x):
    raise KeyError(x)


try:
    sorted([1, 2], key=boom)
except KeyError as error:
    print(repr(error))
big = [(i * 7919) % 1009 for i in range(1009)]
print(sorted(big) == list(range(1009)), sorted(big, reverse=True)[:3], sorted(sorted(big), key=lambda v: v % 3)[:4])
mixed = [1, 2.5, True, 0, -1.5]
print(sorted(mixed), sorted([(1, "b"), (1, "a")]), sorted([[2], [1, 5], []]), sorted([b"b", b"a"]))
print(sorted([float("nan"), 1.0], key=lambda v: v != v), [1, 3, 2].sort())
