import asyncio

log = []


async def step(n, times):
    for i in range(times):
        log.append(f"{n}{i}")
        await asyncio.sleep(0)


async def main():
    await asyncio.gather(step("a", 3), step("b", 2), step("c", 1))
    print(log)
    log.clear()
    t1 = asyncio.create_task(step("x", 2))
    log.append("main before")
    await asyncio.sleep(0)
    log.append("main after")
    await t1
    print(log)
    log.clear()
    loop = asyncio.get_running_loop()
    loop.call_soon(log.append, "soon1")
    loop.call_later(0, log.append, "later0")
    loop.call_soon(log.append, "soon2")
    await asyncio.sleep(0)
    log.append("resumed")
    await asyncio.sleep(0.001)
    print(log)
    log.clear()

    async def timer(name, delay):
        await asyncio.sleep(delay)
        log.append(name)

    await asyncio.gather(*(timer(f"t{d}", d / 10) for d in (5, 1, 3, 2, 4, 1)))
    print(log)
    log.clear()

    async def canceller(task):
        await asyncio.sleep(0.05)
        log.append(task.cancel())

    victim = asyncio.create_task(timer("never", 10))
    await asyncio.gather(victim, canceller(victim), return_exceptions=True)
    print(log, victim.cancelled())
    results = await asyncio.gather(asyncio.sleep(0.2, "slow"), asyncio.sleep(0.1, "fast"))
    print(results)

    async def eager():
        log.append("eager start")
        await asyncio.sleep(0)
        log.append("eager end")

    log.clear()
    t = asyncio.Task(eager(), loop=loop, eager_start=True)
    log.append("after creation")
    await t
    print(log)


asyncio.run(main())
