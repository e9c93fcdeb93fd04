"""Threads that meet: one serves, all go on; a broken barrier; a countdown latch of one's own."""
import threading

arrived, served = [], []
barrier = threading.Barrier(4, action=lambda: served.append(sorted(arrived)))


def runner(number):
    arrived.append(number)
    barrier.wait()
    arrived.append("gone on")


threads = [threading.Thread(target=runner, args=(n,)) for n in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(served, arrived[4:], barrier.n_waiting, barrier.broken, barrier.parties)

barrier = threading.Barrier(2)
broken = []


def waits():
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        broken.append(threading.current_thread().name)


t = threading.Thread(target=waits, name="left alone")
timer = threading.Timer(0.05, barrier.abort)
t.start()
timer.start()
t.join()
timer.join()
print(broken, barrier.broken)
try:
    barrier.wait()
except threading.BrokenBarrierError:
    print("still broken")
barrier.reset()
print(barrier.broken)
try:
    barrier.wait(timeout=0.01)
except threading.BrokenBarrierError:
    print("nobody came")


class CountDownLatch:
    def __init__(self, count):
        self.count = count
        self.condition = threading.Condition()

    def count_down(self):
        with self.condition:
            self.count -= 1
            if self.count <= 0:
                self.condition.notify_all()

    def wait(self):
        with self.condition:
            while self.count > 0:
                self.condition.wait()


latch = CountDownLatch(3)
for _ in range(3):
    threading.Thread(target=latch.count_down).start()
latch.wait()
print("latch open", latch.count)
