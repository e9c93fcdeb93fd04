async def answer():
    return 42


class Wait:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        got = yield self.v
        print("resumed with", got)
        return got * 2


async def program():
    print("begin")
    a = await Wait("first")
    b = await Wait("second")
    return a + b + await answer()


c = program()
print(type(c).__name__, c.send(None), c.cr_await is not None)
print(c.send(10))
try:
    c.send(20)
except StopIteration as stop:
    print(stop.value)
try:
    c.send(None)
except RuntimeError as error:
    print(error)


async def catches():
    try:
        await Wait(1)
    except KeyError as error:
        return f"caught {error}"


c = catches()
c.send(None)
try:
    c.throw(KeyError("k"))
except StopIteration as stop:
    print(stop.value)
c = catches()
c.send(None)
c.close()
print(c.cr_frame)


async def bad(v):
    await v


for v in (5, None, [], iter([])):
    try:
        bad(v).send(None)
    except TypeError as error:
        print(error)


async def agen():
    for i in range(3):
        got = yield i
        if got:
            print("agen got", got)


def step(aw):
    try:
        aw.__await__().send(None) if hasattr(aw, "__await__") else aw.send(None)
    except StopIteration as stop:
        return stop.value
    except StopAsyncIteration:
        return "done"


g = agen()
print(step(g.__anext__()), step(g.asend("hi")), step(g.__anext__()), step(g.__anext__()))
import types


@types.coroutine
def old_style():
    x = yield "from generator"
    return x


async def uses():
    return await old_style()


c = uses()
print(c.send(None))
try:
    c.send("sent")
except StopIteration as stop:
    print(stop.value)
import inspect

print(inspect.iscoroutinefunction(answer), inspect.isasyncgenfunction(agen), inspect.isawaitable(Wait(1)))
w = answer()
w.close()
