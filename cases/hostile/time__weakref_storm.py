import weakref


class A:
    pass


def again(ref):
    new = A()
    refs.append(weakref.ref(new, again))


refs = []
while True:
    again(None)
    refs.clear()
