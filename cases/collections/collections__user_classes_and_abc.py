from collections import UserDict, UserList, UserString
from collections.abc import *


class Lower(UserDict):
    def __setitem__(self, k, v):
        super().__setitem__(k.lower(), v)

    def __getitem__(self, k):
        return super().__getitem__(k.lower())


l = Lower(A=1)
l.update({"B": 2})
print(l, l["a"], l.data, dict(l), "A" in l, "a" in l, l.get("B"), l | {"C": 3}, len(l))


class Stack(UserList):
    def push(self, v):
        self.append(v)


s = Stack([1])
s.push(2)
print(s, s + [3], type(s + [3]).__name__, s[0], s == [1, 2], sorted(s))
print(UserString("abc").upper(), UserString("a") + "b", UserString("5") == "5", hash(UserString("x")) == hash("x"))


class Ring(MutableSequence):
    def __init__(self, *v):
        self.v = list(v)

    def __getitem__(self, i):
        return self.v[i]

    def __setitem__(self, i, x):
        self.v[i] = x

    def __delitem__(self, i):
        del self.v[i]

    def __len__(self):
        return len(self.v)

    def insert(self, i, x):
        self.v.insert(i, x)


r = Ring(1, 2, 3)
r.append(4)
r.extend([5, 6])
r.remove(2)
r += [7]
r.reverse()
print(r.v, r.pop(), r.index(5), r.count(3), 6 in r, 60 in r, r[-1])


class Bits(Set):
    def __init__(self, it=()):
        self.n = sum(1 << i for i in set(it))

    def __contains__(self, i):
        return bool(self.n >> i & 1)

    def __iter__(self):
        return (i for i in range(self.n.bit_length()) if i in self)

    def __len__(self):
        return self.n.bit_count()


print(list(Bits([1, 3]) | Bits([2])), list(Bits([1, 3]) & {3}), Bits([1]) < Bits([1, 2]), list(Bits([1, 2]) - {1}), Bits([1]) == {1}, list(Bits([1]) ^ {2}), Bits([1]).isdisjoint([2]))
for cls in (Iterator, Sized, Hashable, Mapping, Callable, Buffer):
    print(cls.__name__, [type(v).__name__ for v in ([], iter([]), {}, len, b"", 5) if isinstance(v, cls)])
for cls in (Sequence, MutableMapping, Generator, Hashable):
    try:
        cls()
    except TypeError as error:
        print(error)


class Half(Mapping):
    def __len__(self):
        return 0


try:
    Half()
except TypeError as error:
    print(error)
