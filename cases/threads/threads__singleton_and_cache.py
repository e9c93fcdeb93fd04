"""Things that are made once however many threads ask: a singleton, a lazy value, a memo with a lock."""
import functools
import threading
from concurrent.futures import ThreadPoolExecutor


class Singleton:
    _instance = None
    _lock = threading.Lock()
    made = 0

    def __new__(cls):
        if cls._instance is None:
            with cls._lock:
                if cls._instance is None:
                    cls.made += 1
                    cls._instance = super().__new__(cls)
        return cls._instance


with ThreadPoolExecutor(max_workers=8) as pool:
    instances = set(pool.map(lambda _: id(Singleton()), range(20)))
print(len(instances), Singleton.made)


def synchronized(function):
    lock = threading.RLock()

    @functools.wraps(function)
    def wrapper(*args):
        with lock:
            return function(*args)

    return wrapper


calls = []


class Memo:
    def __init__(self):
        self.values = {}

    @synchronized
    def fibonacci(self, n):
        if n not in self.values:
            calls.append(n)
            self.values[n] = n if n < 2 else self.fibonacci(n - 1) + self.fibonacci(n - 2)
        return self.values[n]


memo = Memo()
threads = [threading.Thread(target=memo.fibonacci, args=(n,)) for n in (20, 25, 30)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(memo.fibonacci(30), len(calls) == len(set(calls)) == 31)


class ReadWriteLock:
    def __init__(self):
        self._ready = threading.Condition(threading.Lock())
        self._readers = 0

    def acquire_read(self):
        with self._ready:
            self._readers += 1

    def release_read(self):
        with self._ready:
            self._readers -= 1
            if not self._readers:
                self._ready.notify_all()

    def acquire_write(self):
        self._ready.acquire()
        while self._readers > 0:
            self._ready.wait()

    def release_write(self):
        self._ready.release()


guard, shared = ReadWriteLock(), {"n": 0}


def write():
    guard.acquire_write()
    shared["n"] += 1
    guard.release_write()


def read(seen):
    guard.acquire_read()
    seen.append(shared["n"])
    guard.release_read()


seen = []
threads = [threading.Thread(target=write) for _ in range(5)] + [threading.Thread(target=read, args=(seen,)) for _ in range(5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(shared, len(seen), all(0 <= n <= 5 for n in seen))
