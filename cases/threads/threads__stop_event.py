"""An event as a stop flag, looked at by a worker that waits on it between two rounds."""
import threading
import time

stop = threading.Event()
rounds = []


def worker():
    while not stop.is_set():
        rounds.append(1)
        stop.wait(0.01)
    rounds.append("cleaned up")


thread = threading.Thread(target=worker, name="poller")
thread.start()
time.sleep(0.1)
stop.set()
thread.join(timeout=10)
print("stopped", not thread.is_alive(), rounds[-1])


class StoppableThread(threading.Thread):
    """A thread with its own flag."""

    def __init__(self):
        super().__init__()
        self._stop_event = threading.Event()

    def stop(self):
        self._stop_event.set()

    def stopped(self):
        return self._stop_event.is_set()

    def run(self):
        while not self.stopped():
            time.sleep(0.005)


t = StoppableThread()
t.start()
print(t.is_alive(), t.stopped())
t.stop()
t.join()
print(t.is_alive(), t.stopped())
