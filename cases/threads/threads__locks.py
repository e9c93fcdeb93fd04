"""Locks of both kinds between threads: who owns what, who may release, what does not block."""
import threading

lock, rlock = threading.Lock(), threading.RLock()
out = []


def in_thread(function):
    t = threading.Thread(target=function)
    t.start()
    t.join()


with lock:
    in_thread(lambda: out.append((lock.acquire(blocking=False), lock.acquire(timeout=0.01), lock.locked())))
print(out.pop(), lock.locked())
lock.acquire()
in_thread(lock.release)
print("released by another thread", lock.locked())


def release_of_another():
    try:
        rlock.release()
    except RuntimeError as error:
        out.append((str(error), rlock.acquire(blocking=False), rlock.acquire(timeout=0.01)))


with rlock, rlock:
    in_thread(release_of_another)
print(out.pop())
in_thread(lambda: out.append((rlock.acquire(), rlock.acquire(), rlock.release(), rlock.release())))
print(out.pop())
try:
    rlock.release()
except RuntimeError as error:
    print(error)

# A thread that ends with a lock leaves it locked.
in_thread(lock.acquire)
print(lock.locked(), lock.acquire(timeout=0.01))
lock.release()


def late_release():
    lock.release()


lock.acquire()
timer = threading.Timer(0.02, late_release)
timer.start()
print("acquired after release", lock.acquire(timeout=10))
lock.release()
for bad in ({"blocking": False, "timeout": 1}, {"timeout": -2}, {"timeout": "1"}):
    try:
        lock.acquire(**bad)
    except (ValueError, TypeError) as error:
        print(type(error).__name__)
