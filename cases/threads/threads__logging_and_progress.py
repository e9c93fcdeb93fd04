"""Logging from threads with their names, a listener on a queue, progress under a lock."""
import logging
import logging.handlers
import queue
import threading

records = queue.Queue()
collected = []


class Collect(logging.Handler):
    def emit(self, record):
        collected.append(f"{record.threadName} {record.levelname} {record.getMessage()}")


logger = logging.getLogger("app")
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(logging.handlers.QueueHandler(records))
listener = logging.handlers.QueueListener(records, Collect())
listener.start()

progress, progress_lock = {"done": 0}, threading.Lock()


def work(n):
    logger.info("start %d", n)
    with progress_lock:
        progress["done"] += 1
    logger.warning("end %d", n)


threads = [threading.Thread(target=work, args=(n,), name=f"w{n}") for n in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
listener.stop()
print(progress, len(collected))
for line in sorted(collected):
    print(line)
