"""What is not joined: threads that are no daemons run to their ends, `atexit` comes after them."""
import atexit
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def last():
    time.sleep(0.02)
    print("thread ends")


atexit.register(print, "atexit")
pool = ThreadPoolExecutor(max_workers=1)
future = pool.submit(time.sleep, 0.001)
print("result", future.result())
started = threading.Event()
idle = threading.Thread(target=lambda: (started.set(), threading.Event().wait()), daemon=True)
idle.start()
started.wait()
threading.Thread(target=last).start()
print("main ends")
