import contextlib
import io


@contextlib.contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    except ValueError as error:
        print("handled", error)
    finally:
        print(f"</{name}>")


with tag("a") as t:
    print(t)
with tag("b"):
    raise ValueError("v")


@tag("deco")
def f(x):
    return x * 2


print(f(2), f(3))


@contextlib.contextmanager
def no_yield():
    if False:
        yield


@contextlib.contextmanager
def two():
    yield 1
    yield 2


for cm in (no_yield, two):
    try:
        with cm():
            print("body")
    except RuntimeError as error:
        print(error)
with contextlib.suppress(KeyError, ZeroDivisionError):
    1 / 0
with contextlib.suppress(ValueError):
    raise ExceptionGroup("g", [ValueError(1)])
out = io.StringIO()
with contextlib.redirect_stdout(out):
    print("hidden")
print(repr(out.getvalue()))
with contextlib.ExitStack() as stack:
    for n in "xy":
        print(stack.enter_context(tag(n)))
    stack.callback(print, "callback", end="!\n")
    stack.push(lambda *e: print("pushed", e[0]))
    kept = stack.pop_all()
print("before close")
kept.close()
with contextlib.nullcontext(5) as n:
    print(n)


class Thing:
    def close(self):
        print("closed")


with contextlib.closing(Thing()):
    pass


class Deco(contextlib.ContextDecorator):
    def __enter__(self):
        print("in")

    def __exit__(self, *e):
        print("out")


@Deco()
def g():
    print("body")


g()
with contextlib.chdir("/"):
    import os

    print(os.getcwd())
try:
    with contextlib.ExitStack() as s:
        s.callback(lambda: 1 / 0)
        raise KeyError("original")
except ZeroDivisionError as error:
    print(error, repr(error.__context__))
