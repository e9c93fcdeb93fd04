class C:
    pass


c = C()
c.__len__ = lambda: 5
c.__call__ = lambda: "called"
for bad in ["len(c)", "c()", "c + 1"]:
    try:
        print(eval(bad))
    except TypeError as error:
        print(error)
C.__len__ = lambda self: 7
C.__call__ = lambda self, *a: a
C.__getitem__ = lambda self, k: k * 2
print(len(c), c(1), c[4], bool(c))
del C.__len__
try:
    len(c)
except TypeError as error:
    print(error)
C.__len__ = None
try:
    len(c)
except TypeError as error:
    print(error)


class Str:
    def __str__(self):
        return "str"


class Repr:
    def __repr__(self):
        return "repr"


print(str(Str()), repr(Str())[:14], str(Repr()), [Repr()], f"{Repr()}", "%s" % Repr(), {Repr(): Repr()}, (Repr(),))


class Del:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


d = Del(1)
d = Del(2)
e = d
del d
print("still")
del e
[Del(3) for _ in range(1)]
print("end")
import gc

a = Del("cycle")
a.me = a
del a
gc.collect()
print("collected")
