import asyncio


async def producer(q, n):
    for i in range(n):
        await q.put(i)
        print("put", i, q.qsize())
    await q.put(None)


async def consumer(q):
    total = 0
    while (item := await q.get()) is not None:
        await asyncio.sleep(0.1)
        total += item
        q.task_done()
    q.task_done()
    return total


async def locked(lock, n):
    async with lock:
        print("in", n)
        await asyncio.sleep(0.1)
        print("out", n)


async def main():
    q = asyncio.Queue(2)
    _, total = await asyncio.gather(producer(q, 5), consumer(q))
    await q.join()
    print("total", total, q.empty(), q.full())
    for bad in (q.get_nowait, lambda: [asyncio.Queue(1).put_nowait(1) or None, (x := asyncio.Queue(1)).put_nowait(1), x.put_nowait(2)], q.task_done):
        try:
            bad()
        except Exception as error:
            print(type(error).__name__, error)
    lock = asyncio.Lock()
    await asyncio.gather(*(locked(lock, i) for i in range(3)))
    sem = asyncio.Semaphore(2)
    await asyncio.gather(*(locked(sem, f"s{i}") for i in range(3)))
    event = asyncio.Event()
    waiters = [asyncio.create_task(event.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    event.set()
    print(await asyncio.gather(*waiters), event.is_set())
    cond = asyncio.Condition()
    data = []

    async def wait_for_data(n):
        async with cond:
            await cond.wait_for(lambda: len(data) >= n)
            print("saw", n, data)

    tasks = [asyncio.create_task(wait_for_data(n)) for n in (2, 1)]
    for i in range(2):
        await asyncio.sleep(0.1)
        async with cond:
            data.append(i)
            cond.notify_all()
    await asyncio.gather(*tasks)
    barrier = asyncio.Barrier(3)
    print(sorted(await asyncio.gather(*(barrier.wait() for _ in range(3)))))
    pq = asyncio.PriorityQueue()
    for v in (3, 1, 2):
        pq.put_nowait(v)
    print([await pq.get() for _ in range(3)])
    q.shutdown()
    try:
        await q.get()
    except asyncio.QueueShutDown:
        print("shut down")
    try:
        lock.release()
    except RuntimeError as error:
        print(error)


asyncio.run(main())
