"""An event loop in a thread of its own, fed from outside; and a thread that asks the loop that started it."""
import asyncio
import threading


async def add(a, b):
    await asyncio.sleep(0.001)
    return a + b


def serve(loop):
    asyncio.set_event_loop(loop)
    loop.run_forever()


loop = asyncio.new_event_loop()
thread = threading.Thread(target=serve, args=(loop,), daemon=True)
thread.start()
future = asyncio.run_coroutine_threadsafe(add(2, 3), loop)
print(future.result(timeout=10))
loop.call_soon_threadsafe(loop.stop)
thread.join(timeout=10)
print("stopped", not loop.is_running())


def ask(loop):
    total = 0
    for n in range(3):
        total += asyncio.run_coroutine_threadsafe(add(n, 10), loop).result()
    return total


async def main():
    loop = asyncio.get_running_loop()
    print(await asyncio.to_thread(ask, loop))
    done = asyncio.Event()
    messages = []

    def background():
        for n in range(3):
            loop.call_soon_threadsafe(messages.append, n)
        loop.call_soon_threadsafe(done.set)

    threading.Thread(target=background).start()
    await done.wait()
    print(messages)
    queue = asyncio.Queue()
    feeder = threading.Thread(target=lambda: [loop.call_soon_threadsafe(queue.put_nowait, c) for c in "xyz"])
    feeder.start()
    print([await queue.get() for _ in range(3)])
    feeder.join()


asyncio.run(main())
