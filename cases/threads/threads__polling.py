"""A main thread that polls with sleeps: liveness, futures, a list that fills, a queue with timeouts."""
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def job(n):
    time.sleep(0.002)
    return n * n


t = threading.Thread(target=job, args=(1,))
t.start()
while t.is_alive():
    time.sleep(0.001)
print("thread done")

with ThreadPoolExecutor(max_workers=2) as pool:
    futures = [pool.submit(job, n) for n in range(5)]
    while not all(f.done() for f in futures):
        time.sleep(0.001)
    print([f.result() for f in futures])

results = []
for n in range(3):
    threading.Thread(target=lambda n=n: results.append(job(n))).start()
while len(results) < 3:
    time.sleep(0.001)
print(sorted(results))

q = queue.Queue()
threading.Thread(target=lambda: [q.put(job(n)) for n in range(3)]).start()
got = []
while len(got) < 3:
    try:
        got.append(q.get(timeout=0.5))
    except queue.Empty:
        print("nothing yet")
print(got, q.empty())
try:
    q.get(timeout=0.01)
except queue.Empty:
    print("empty")
try:
    q.get_nowait()
except queue.Empty:
    print("empty now")
full = queue.Queue(maxsize=1)
full.put(1)
for attempt in (lambda: full.put_nowait(2), lambda: full.put(2, timeout=0.01)):
    try:
        attempt()
    except queue.Full:
        print("full")
while threading.active_count() > 1:
    time.sleep(0.001)
print("alone")
