import asyncio
import contextlib


async def ticks(n):
    try:
        for i in range(n):
            await asyncio.sleep(0.01)
            yield i
    finally:
        print("ticks closed")


class Reader:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.n:
            raise StopAsyncIteration
        self.n -= 1
        return self.n


class Conn:
    async def __aenter__(self):
        print("open")
        return self

    async def __aexit__(self, kind, error, trace):
        print("close", kind.__name__ if kind else None)
        return kind is ValueError


@contextlib.asynccontextmanager
async def manager(name):
    print("setup", name)
    try:
        yield name
    finally:
        print("teardown", name)


async def main():
    async for i in ticks(2):
        print(i)
    else:
        print("else")
    print([i async for i in ticks(3) if i % 2 == 0], {i: await asyncio.sleep(0, i * 2) async for i in Reader(3)})
    async with contextlib.aclosing(ticks(5)) as t:
        async for i in t:
            break
    async with Conn() as c, manager("m") as m:
        print(type(c).__name__, m)
    async with Conn():
        raise ValueError
    print(await anext(Reader(5)), await anext(Reader(0), "default"))
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(manager("x"))
        stack.push_async_callback(asyncio.sleep, 0)
        stack.callback(print, "sync callback")
    g = (await asyncio.sleep(0, i) for i in range(3))
    print(type(g).__name__, [x async for x in g])
    for bad in ("async for x in [1]: pass", "async with 5: pass"):
        space = {}
        exec(f"async def f():\n {bad}", space)
        try:
            await space["f"]()
        except TypeError as error:
            print(error)

    @contextlib.asynccontextmanager
    async def noyield():
        if False:
            yield

    try:
        async with noyield():
            pass
    except RuntimeError as error:
        print(error)
    a = ticks(3)
    print(await a.asend(None))
    try:
        await a.athrow(KeyError("t"))
    except KeyError as error:
        print(repr(error))


asyncio.run(main())
