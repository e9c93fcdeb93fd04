import weakref


class A:
    pass


def boom(ref):
    raise ValueError


a = A()
r = weakref.ref(a, boom)
del a
raise KeyError("after")
