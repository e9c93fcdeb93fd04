class Everything:
    def __call__(self, *a, **k):
        return a, k

    def __len__(self):
        return 3

    def __getitem__(self, i):
        if i >= 3:
            raise IndexError(i)
        return i * 10

    def __contains__(self, x):
        return x == "yes"

    def __reversed__(self):
        return iter("rev")

    def __round__(self, n=None):
        return ("round", n)

    def __format__(self, spec):
        return f"fmt[{spec}]"

    def __bytes__(self):
        return b"bytes"

    def __dir__(self):
        return ["b", "a"]

    def __index__(self):
        return 2

    def __complex__(self):
        return 1j

    def __abs__(self):
        return "abs"

    def __length_hint__(self):
        return 9

    def __trunc__(self):
        return 5

    def __ceil__(self):
        return "ceil"


e = Everything()
print(e(1, k=2), len(e), list(e), "yes" in e, 10 in e, list(reversed(e)))
print(round(e), round(e, 2), f"{e:x}", format(e), bytes(e), dir(e), [0, 1, 2, 3][e], complex(e), abs(e))
import math
import operator

print(math.ceil(e), math.trunc(e), operator.length_hint(e), operator.index(e), "abc"[e], range(e), "x" * e)


class Old:
    def __getitem__(self, i):
        return "abc"[i]


print(list(Old()), "b" in Old(), [*Old()], tuple(Old()), "-".join(Old()), sorted(Old(), reverse=True))


class NoIter:
    __iter__ = None

    def __getitem__(self, i):
        return i


for f in (iter, list, lambda x: 1 in x):
    try:
        f(NoIter())
    except TypeError as error:
        print(error)
