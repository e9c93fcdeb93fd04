"""The example of the library's documentation: daemon workers for ever at a queue, and `join` of the queue."""
import queue
import threading

done = []
done_lock = threading.Lock()
q = queue.Queue()


def worker():
    while True:
        item = q.get()
        with done_lock:
            done.append(item)
        q.task_done()


for _ in range(2):
    threading.Thread(target=worker, daemon=True).start()
for item in range(30):
    q.put(item)
q.join()
print("first batch", sorted(done) == list(range(30)))
print("all work completed", q.unfinished_tasks, q.empty())
