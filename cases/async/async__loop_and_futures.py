import asyncio


async def main():
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    f.add_done_callback(lambda f: print("done callback", f.result()))
    loop.call_soon(f.set_result, 5)
    print(await f, f.done())
    order = []
    loop.call_later(0.2, order.append, "later")
    loop.call_soon(order.append, "soon")
    h = loop.call_later(0.1, order.append, "cancelled")
    h.cancel()
    loop.call_at(loop.time() + 0.15, order.append, "at")
    await asyncio.sleep(0.3)
    print(order, h.cancelled())
    try:
        f.set_result(1)
    except asyncio.InvalidStateError as error:
        print(error)
    g = loop.create_future()
    for bad in (g.result, g.exception):
        try:
            bad()
        except Exception as error:
            print(type(error).__name__, error)
    g.set_exception(ValueError("e"))
    try:
        await g
    except ValueError as error:
        print("future raised", error)
    try:
        asyncio.run(asyncio.sleep(0))
    except RuntimeError as error:
        print(error)
    t = asyncio.create_task(asyncio.sleep(0))
    print(len(asyncio.all_tasks()), asyncio.current_task().get_name()[:4], asyncio.isfuture(t), asyncio.iscoroutine(t))
    await t
    print(await asyncio.ensure_future(asyncio.sleep(0, "ensured")))
    await asyncio.sleep(0)


import warnings

warnings.simplefilter("ignore")
asyncio.run(main())
with asyncio.Runner() as runner:
    print(runner.run(asyncio.sleep(0, 1)), runner.run(asyncio.sleep(0, 2)))
for bad in ("asyncio.run(5)", "asyncio.get_running_loop()", "asyncio.current_task()"):
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)


async def fails():
    raise KeyError("out of run")


try:
    asyncio.run(fails())
except KeyError as error:
    print(repr(error))
