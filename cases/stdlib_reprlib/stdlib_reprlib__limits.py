import reprlib

r = reprlib.Repr()
r.maxlist, r.maxdict, r.maxstring, r.maxlevel, r.maxlong, r.maxother, r.maxset, r.maxtuple = 3, 2, 12, 3, 10, 15, 2, 2
nest = 1
for _ in range(8):
    nest = [nest]
for v in ([1, 2, 3, 4], {"c": 1, "a": 2, "b": 3}, "abcdefghijklmnopqrstuvwxyz", 12345678901234567890, {3, 1, 2}, frozenset([5, 4, 6]), (1, 2, 3), nest, [{"k": [1, 2, 3, 4]}] * 5, range(1000000), b"x" * 50, 3.141592653589793):
    print(r.repr(v))


class Long:
    def __repr__(self):
        return "L" * 50


class Broken:
    def __repr__(self):
        raise ValueError("broken repr")


print(r.repr(Long()), r.repr(Broken()).split(" at ")[0], reprlib.repr([Long()] * 20), reprlib.aRepr.maxlist)


class Tagged(reprlib.Repr):
    def repr_int(self, x, level):
        return f"int:{x}@{level}"


print(Tagged().repr([1, [2, [3]]]))
