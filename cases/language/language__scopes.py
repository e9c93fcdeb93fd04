x = "global"


def read():
    return x


def write():
    global x
    x = "changed"


class Body:
    x = "class"
    seen = x
    items = [x for _ in range(2)]

    def method(self):
        return x


print(read(), Body.seen, Body.items, Body().method())
write()
print(x, Body().method())


def nested():
    x = "enclosing"

    class Inner:
        y = x

        def get(self):
            return x

    return Inner.y, Inner().get()


print(nested())
print([x for x in range(3)], x)


def locals_demo(a, b=2):
    c = a + b
    return sorted(locals().items())


print(locals_demo(1))
exec("made = x.upper()")
print(made)
space = {"x": 5}
exec("y = x * 2", space)
print(space["y"], eval("x + y", space))
try:
    eval("nowhere", {})
except NameError as error:
    print(error, error.name)
