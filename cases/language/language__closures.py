def counter(start=0):
    count = start

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


a, b = counter(), counter(10)
print(a(), a(), a(5), b(), b(-3))
print(a.__closure__[0].cell_contents, b.__closure__[0].cell_contents)
print(a.__code__.co_freevars, counter.__code__.co_cellvars)

late = [lambda: i for i in range(3)]
early = [lambda i=i: i for i in range(3)]
print([f() for f in late], [f() for f in early])


def outer():
    def inner():
        return value

    try:
        inner()
    except NameError as error:
        print(type(error).__name__, error)
    value = 1
    print(inner())
    del value
    try:
        inner()
    except NameError as error:
        print(error)


outer()


def shadow():
    try:
        print(missing)
    except UnboundLocalError as error:
        print(error)
    missing = 1


shadow()
