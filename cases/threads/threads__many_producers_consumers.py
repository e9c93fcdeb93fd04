"""Several producers and consumers; one sentinel goes round when all is produced."""
import queue
import threading
from concurrent.futures import ThreadPoolExecutor, wait

q = queue.Queue()
totals = []


def produce(start):
    for n in range(start, start + 10):
        q.put(n)
    return start


def consume():
    total = 0
    while True:
        n = q.get()
        if n is None:
            q.put(None)
            return total
        total += n


with ThreadPoolExecutor(max_workers=6) as pool:
    producers = [pool.submit(produce, start) for start in (0, 100, 200)]
    consumers = [pool.submit(consume) for _ in range(2)]
    done, pending = wait(producers)
    print(len(done), len(pending), sorted(f.result() for f in done))
    q.put(None)
    print(sum(f.result() for f in consumers))
    print(all(f.done() and not f.running() for f in consumers))

for kind in (queue.LifoQueue, queue.PriorityQueue):
    ordered = kind()
    feeder = threading.Thread(target=lambda: [ordered.put(n) for n in (3, 1, 2)])
    feeder.start()
    feeder.join()
    print(kind.__name__, [ordered.get() for _ in range(3)])
