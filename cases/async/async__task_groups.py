import asyncio


async def job(n, delay, fail=None):
    try:
        await asyncio.sleep(delay)
        if fail:
            raise fail(n)
        print("ok", n)
        return n
    except asyncio.CancelledError:
        print("cancelled", n)
        raise


async def main():
    async with asyncio.TaskGroup() as tg:
        a = tg.create_task(job("a", 0.2))
        b = tg.create_task(job("b", 0.1))
    print(a.result(), b.result())
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(job("c", 0.1, ValueError))
            tg.create_task(job("d", 0.1, KeyError))
            tg.create_task(job("e", 5))
    except* ValueError as eg:
        print("values", eg.exceptions)
    except* KeyError as eg:
        print("keys", eg.exceptions)
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(job("f", 5))
            raise RuntimeError("body")
    except ExceptionGroup as eg:
        print(eg, eg.exceptions)
    try:
        tg.create_task(job("g", 0))
    except RuntimeError as error:
        print("closed group refuses", "finished" in str(error) or str(error)[:5])
    try:
        async with asyncio.timeout(0.1):
            async with asyncio.TaskGroup() as tg:
                tg.create_task(job("h", 5))
    except TimeoutError:
        print("timeout")
    async with asyncio.TaskGroup() as tg:
        tg.create_task(nested(tg))


async def nested(tg):
    tg.create_task(job("nested child", 0.1))
    print("nested parent")


import warnings

warnings.simplefilter("ignore")
asyncio.run(main())
