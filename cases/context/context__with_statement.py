class CM:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self.name

    def __exit__(self, kind, error, trace):
        print("exit", self.name, kind.__name__ if kind else None, error)
        return self.swallow


with CM("a") as a, CM("b") as b:
    print(a, b)
with (CM("c", True) as c, CM("d"),):
    raise ValueError("inside")
print("survived")
try:
    with CM("e"):
        raise KeyError("k")
except KeyError as error:
    print("outer", error)


def f():
    with CM("f"):
        return "returned"


print(f())
for i in range(2):
    with CM(i):
        if i == 0:
            continue
        break


class BadEnter:
    def __enter__(self):
        raise ValueError("enter failed")

    def __exit__(self, *a):
        print("not called")


class BadExit:
    def __enter__(self):
        pass

    def __exit__(self, *a):
        raise TypeError("exit failed")


try:
    with BadEnter():
        pass
except ValueError as error:
    print(error)
try:
    with BadExit():
        raise KeyError("first")
except TypeError as error:
    print(error, repr(error.__context__))
for bad in ["with 5: pass", "with open: pass", "with CM('x') as (p, q): pass"]:
    try:
        exec(bad)
    except Exception as error:
        print(type(error).__name__, error)


class Half:
    def __enter__(self):
        pass


try:
    with Half():
        pass
except TypeError as error:
    print(error)
