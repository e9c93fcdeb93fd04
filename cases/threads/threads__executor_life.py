"""The life of an executor: cancel, shutdown, initializer, broken pools, timeouts, wait."""
import logging
import threading
import time
from concurrent.futures import FIRST_COMPLETED, FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, TimeoutError, wait

logging.disable(logging.CRITICAL)
pool = ThreadPoolExecutor(max_workers=1)
gate = threading.Event()
threading.Timer(0.1, gate.set).start()
busy = pool.submit(gate.wait, 10)
waiting = [pool.submit(pow, 2, n) for n in range(4)]
print(waiting[3].cancel(), waiting[3].cancelled(), waiting[3].done())
try:
    waiting[3].result()
except CancelledError:
    print("cancelled")
print(busy.result(), busy.cancel(), [f.result() for f in waiting[:3]])
pool.shutdown()
try:
    pool.submit(print)
except RuntimeError as error:
    print(error)

pool = ThreadPoolExecutor(max_workers=1)
gate = threading.Event()
started = threading.Event()
first = pool.submit(lambda: (started.set(), time.sleep(0.05)) and "first")
started.wait(10)
rest = [pool.submit(print, "never") for _ in range(3)]
pool.shutdown(wait=True, cancel_futures=True)
print(first.result(), [f.cancelled() for f in rest])

ready = []
with ThreadPoolExecutor(2, initializer=ready.append, initargs=("initialised",)) as pool:
    print(pool.submit(lambda: ready[0]).result())


def bad():
    raise RuntimeError("no start")


pool = ThreadPoolExecutor(2, initializer=bad)
try:
    pool.submit(print, "never").result()
except Exception as error:
    print(type(error).__name__, error)
pool.shutdown()

with ThreadPoolExecutor() as pool:
    slow = pool.submit(time.sleep, 0.3)
    try:
        slow.result(timeout=0.01)
    except TimeoutError:
        print("timed out")
    done, not_done = wait([slow, pool.submit(pow, 2, 2)], return_when=FIRST_COMPLETED)
    print(len(done) >= 1, len(done) + len(not_done))
    done, not_done = wait([pool.submit(int, "x"), pool.submit(int, "1")], return_when=FIRST_EXCEPTION)
    print(any(f.exception() for f in done))
for wrong in (0, -1):
    try:
        ThreadPoolExecutor(wrong)
    except ValueError as error:
        print(error)
