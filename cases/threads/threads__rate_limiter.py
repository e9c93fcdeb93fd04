"""A token bucket and a minimal interval between calls, shared by a pool."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class RateLimiter:
    """Lets `calls` calls through in each `period`."""

    def __init__(self, calls, period):
        self.calls, self.period = calls, period
        self.lock = threading.Lock()
        self.times = []

    def __enter__(self):
        with self.lock:
            while True:
                now = time.monotonic()
                self.times = [t for t in self.times if now - t < self.period]
                if len(self.times) < self.calls:
                    break
                time.sleep(self.period - (now - self.times[0]) + 0.001)
            self.times.append(now)
            stamps.append(now)
        return self

    def __exit__(self, *exc):
        return False


limiter = RateLimiter(calls=3, period=0.05)
stamps = []


def request(number):
    with limiter:
        pass
    return number * 10


start = time.monotonic()
with ThreadPoolExecutor(max_workers=6) as pool:
    print(list(pool.map(request, range(9))))
print("windows kept", all(b - a >= 0.05 for a, b in zip(stamps, stamps[3:])))
print("took long enough", time.monotonic() - start >= 0.1)
