def check(f):
    try:
        f()
        print("no error")
    except AssertionError as error:
        print("AssertionError", error.args)


def a1():
    assert 1 + 1 == 3


def a2():
    assert [], "empty list"


def a3():
    assert False, ("tuple", 1)


def a4():
    x = 5
    assert x > 10, f"{x=} is too small"


def a5():
    assert True, 1 / 0


def a6():
    assert not isinstance(5, str), "fine"


def a7():
    raise AssertionError


def a8():
    raise AssertionError("direct", 2)


for f in (a1, a2, a3, a4, a5, a6, a7, a8):
    check(f)


def lazy():
    print("evaluated")
    return "message"


try:
    assert False, lazy()
except AssertionError as error:
    print(error)
assert True, lazy()


class Falsy:
    def __bool__(self):
        raise RuntimeError("bool failed")


try:
    assert Falsy()
except RuntimeError as error:
    print(error)
try:
    assert None, None
except AssertionError as error:
    print(error.args)
code = compile("assert x, 'gone'\nresult = 'reached'", "<demo>", "exec", optimize=1)
space = {"x": False}
exec(code, space)
print(space["result"])
