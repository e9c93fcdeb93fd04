import queue

for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue):
    q = kind(3)
    for v in (2, 3, 1):
        q.put(v)
    print(kind.__name__, q.full(), q.qsize(), [q.get() for _ in range(3)], q.empty())
    for bad in (lambda: q.get_nowait(), lambda: q.get(block=False), lambda: q.get(timeout=0), lambda: [q.put(i, block=False) for i in range(4)]):
        try:
            bad()
        except (queue.Empty, queue.Full) as error:
            print(type(error).__name__, end=" ")
    print()
s = queue.SimpleQueue()
s.put(1)
print(s.get(), s.empty(), s.qsize())
q = queue.Queue()
q.put("x")
q.get()
q.task_done()
q.join()
try:
    q.task_done()
except ValueError as error:
    print(error)
q.shutdown(immediate=True)
for f in (lambda: q.put(1), q.get):
    try:
        f()
    except queue.ShutDown:
        print("shut down")
p = queue.PriorityQueue()
p.put((1, "b"))
p.put((1, "a"))
print(p.get(), p.get())
p.put({})
try:
    p.put([])
except TypeError as error:
    print(error)
