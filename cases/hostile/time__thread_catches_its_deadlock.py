import queue
import threading

q = queue.Queue()


def consume():
    while True:
        try:
            q.get()
        except BaseException:
            pass


threading.Thread(target=consume, daemon=True).start()
q.put(1)
q.join()
