"""Conditions and semaphores: an inbox, wait_for, a limited resource, a bounded semaphore."""
import threading
import time


class Inbox:
    def __init__(self):
        self.messages = []
        self.condition = threading.Condition()

    def send(self, message):
        with self.condition:
            self.messages.append(message)
            self.condition.notify()

    def receive(self):
        with self.condition:
            self.condition.wait_for(lambda: self.messages)
            return self.messages.pop(0)


inbox = Inbox()
received = []
reader = threading.Thread(target=lambda: received.extend(inbox.receive() for _ in range(3)))
writer = threading.Thread(target=lambda: [inbox.send(text) for text in ("a", "b", "c")])
reader.start()
writer.start()
reader.join()
writer.join()
print(received)

limit = threading.Semaphore(2)
inside, most = 0, 0
lock = threading.Lock()


def use():
    global inside, most
    with limit:
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.001)
        with lock:
            inside -= 1


threads = [threading.Thread(target=use) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(inside, 1 <= most <= 2)

condition = threading.Condition()
with condition:
    print(condition.wait(timeout=0.01), condition.wait_for(lambda: False, timeout=0.01))
for action in (condition.notify, condition.wait):
    try:
        action()
    except RuntimeError as error:
        print(error)

bounded = threading.BoundedSemaphore(1)
with bounded:
    print(bounded.acquire(blocking=False), bounded.acquire(timeout=0.01))
try:
    bounded.release()
except ValueError as error:
    print(error)

state = {"ready": False}


def prepare():
    time.sleep(0.01)
    with condition:
        state["ready"] = True
        condition.notify_all()


threading.Thread(target=prepare).start()
with condition:
    print(condition.wait_for(lambda: state["ready"], timeout=10))
