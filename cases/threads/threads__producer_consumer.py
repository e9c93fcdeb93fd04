"""A producer and a consumer on a bounded queue, with a sentinel; more items than the queue holds."""
import queue
import random
import threading
import time

SENTINEL = object()
buffer = queue.Queue(maxsize=3)
produced, consumed = [], []


def producer():
    for i in range(12):
        item = f"item-{i}"
        buffer.put(item)
        produced.append(item)
        time.sleep(random.uniform(0, 0.002))
    buffer.put(SENTINEL)


def consumer():
    while True:
        item = buffer.get()
        if item is SENTINEL:
            break
        consumed.append(item)
        time.sleep(random.uniform(0, 0.002))


threads = [threading.Thread(target=producer), threading.Thread(target=consumer)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(consumed == produced, len(consumed), buffer.empty())

# The main thread consumes what a thread produces.
results = queue.Queue(maxsize=1)
t = threading.Thread(target=lambda: [results.put(n) for n in (*range(5), None)])
t.start()
for n in iter(results.get, None):
    print("got", n)
t.join()
