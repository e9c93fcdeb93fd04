import asyncio


async def numbers(n, out):
    for i in range(n):
        await asyncio.sleep(0.01 * (i % 3))
        await out.put(i)
    await out.put(None)


async def square(inp, out, workers):
    async def one():
        while (v := await inp.get()) is not None:
            await asyncio.sleep(0.005)
            await out.put(v * v)
        await inp.put(None)

    await asyncio.gather(*(one() for _ in range(workers)))
    await out.put(None)


async def collect(inp):
    got = []
    while (v := await inp.get()) is not None:
        got.append(v)
    return got


async def main():
    a, b = asyncio.Queue(2), asyncio.Queue(2)
    async with asyncio.TaskGroup() as tg:
        tg.create_task(numbers(8, a))
        tg.create_task(square(a, b, 3))
        result = tg.create_task(collect(b))
    print(sorted(result.result()), len(result.result()))
    sem = asyncio.Semaphore(2)
    running = peak = 0

    async def limited(i):
        nonlocal running, peak
        async with sem:
            running += 1
            peak = max(peak, running)
            await asyncio.sleep(0.01)
            running -= 1
            return i

    print(await asyncio.gather(*(limited(i) for i in range(6))), peak)

    async def flaky(i):
        await asyncio.sleep(0.01 * i)
        if i % 2:
            raise ValueError(i)
        return i

    print([repr(r) for r in await asyncio.gather(*(flaky(i) for i in range(4)), return_exceptions=True)])

    async def retry(f, times):
        for n in range(times):
            try:
                return await f(n)
            except ValueError as error:
                print("retry after", error)
        return "gave up"

    print(await retry(lambda n: flaky(3 - n), 3))
    done, pending = await asyncio.wait([asyncio.create_task(asyncio.sleep(d, d)) for d in (0.1, 0.3, 0.5)], timeout=0.2)
    print(len(done), len(pending), [t.result() for t in done])
    for t in pending:
        t.cancel()
    print([type(r).__name__ for r in await asyncio.gather(*pending, return_exceptions=True)])
    start = asyncio.get_running_loop().time()
    await asyncio.gather(*(asyncio.sleep(1) for _ in range(100)))
    print(round(asyncio.get_running_loop().time() - start, 2))


asyncio.run(main())
