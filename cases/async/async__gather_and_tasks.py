import asyncio


async def job(name, delay, fail=False):
    print("start", name)
    await asyncio.sleep(delay)
    if fail:
        raise ValueError(name)
    print("end", name)
    return name


async def main():
    print(await asyncio.gather(job("a", 0.3), job("b", 0.1), job("c", 0.2)))
    print(await asyncio.gather(job("d", 0.1), job("e", 0.05, True), return_exceptions=True))
    try:
        await asyncio.gather(job("f", 0.2), job("g", 0.1, True))
    except ValueError as error:
        print("failed", error)
    await asyncio.sleep(0.2)
    t = asyncio.create_task(job("h", 1), name="the task")
    await asyncio.sleep(0.1)
    print(t.get_name(), t.done(), t.cancel("why"), t.cancelling())
    try:
        await t
    except asyncio.CancelledError as error:
        print("cancelled", error)
    print(t.cancelled(), t.done())
    done, pending = await asyncio.wait([asyncio.create_task(job(n, d), name=n) for n, d in (("i", 0.1), ("j", 0.5))], return_when=asyncio.FIRST_COMPLETED)
    print([t.get_name() for t in done], [t.get_name() for t in pending])
    for t in pending:
        print(await t)
    for c in asyncio.as_completed([asyncio.sleep(0.2, "k"), asyncio.sleep(0.1, "l")]):
        print("completed", await c)
    t = asyncio.create_task(job("m", 0, True))
    await asyncio.wait([t])
    print(repr(t.exception()))
    return "main result"


print(asyncio.run(main()))
