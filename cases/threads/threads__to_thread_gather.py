"""Blocking functions beside coroutines: to_thread, gather, run_in_executor, context variables."""
import asyncio
import contextvars
import threading
import time
from concurrent.futures import ThreadPoolExecutor

request_id = contextvars.ContextVar("request_id", default="none")


def blocking(name, seconds):
    time.sleep(seconds)
    return f"{name}:{request_id.get()}:{threading.current_thread() is threading.main_thread()}"


async def handler(number):
    request_id.set(f"r{number}")
    return await asyncio.to_thread(blocking, f"job{number}", 0.01)


async def heartbeat(stop):
    beats = 0
    while not stop.is_set():
        beats += 1
        await asyncio.sleep(0.001)
    return beats > 0


async def main():
    stop = asyncio.Event()
    beating = asyncio.create_task(heartbeat(stop))
    print(await asyncio.gather(*(handler(n) for n in range(4))))
    stop.set()
    print("beats", await beating, request_id.get())
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=2) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, pow, 2, n) for n in range(5))))
    print(await loop.run_in_executor(None, lambda: sum(range(1000))))
    try:
        await asyncio.to_thread(int, "no number")
    except ValueError as error:
        print("ValueError", error)
    results = await asyncio.gather(asyncio.to_thread(divmod, 7, 2), asyncio.to_thread(divmod, 1, 0), return_exceptions=True)
    print(results[0], type(results[1]).__name__)

    def no_loop():
        try:
            asyncio.get_running_loop()
        except RuntimeError as error:
            return str(error)

    print(await asyncio.to_thread(no_loop))
    print(await asyncio.to_thread(asyncio.run, asyncio.sleep(0.001, "a loop of its own")))


asyncio.run(main())
