"""A pool of workers made by hand: a queue of jobs, a queue of results, a sentinel for each worker."""
import queue
import threading

WORKERS = 3


def worker(jobs, results):
    while True:
        job = jobs.get()
        if job is None:
            jobs.task_done()
            break
        try:
            results.put((job, job ** 2))
        finally:
            jobs.task_done()


jobs, results = queue.Queue(), queue.Queue()
threads = [threading.Thread(target=worker, args=(jobs, results), name=f"worker-{i}") for i in range(WORKERS)]
for thread in threads:
    thread.start()
for number in range(20):
    jobs.put(number)
for _ in threads:
    jobs.put(None)
jobs.join()
for thread in threads:
    thread.join()

squares = dict(results.get() for _ in range(results.qsize()))
print(sorted(squares.items()))
print(results.empty(), jobs.unfinished_tasks, [thread.is_alive() for thread in threads])
