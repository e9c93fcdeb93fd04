"""An operating system's kernel in small: tasks, queues of packets, method calls by state."""

from collections import deque

SMALL, LARGE = 300, 6_000


class Packet:
    __slots__ = ("kind", "place", "data")

    def __init__(self, kind, place):
        self.kind = kind
        self.place = place
        self.data = [0] * 4


class Task:
    def __init__(self, name, kernel):
        self.name = name
        self.kernel = kernel
        self.inbox = deque()
        self.handled = 0

    def step(self):
        if not self.inbox:
            return False
        packet = self.inbox.popleft()
        self.handled += 1
        self.handle(packet)
        return True

    def handle(self, packet):
        raise NotImplementedError


class Worker(Task):
    def handle(self, packet):
        for i in range(4):
            packet.data[i] = (packet.place * 31 + i) % 26
        packet.kind = "done"
        self.kernel.send("handler", packet)


class Handler(Task):
    def handle(self, packet):
        self.kernel.checksum = (self.kernel.checksum * 7 + sum(packet.data) + packet.place) % 1_000_003
        packet.kind = "work"
        packet.place += 1
        self.kernel.send("device", packet)


class Device(Task):
    def handle(self, packet):
        if packet.kind == "work" and packet.place < self.kernel.limit:
            self.kernel.send("worker", packet)


class Kernel:
    def __init__(self, limit):
        self.limit = limit
        self.checksum = 0
        self.tasks = {kind.__name__.lower(): kind(kind.__name__, self) for kind in (Worker, Handler, Device)}

    def send(self, name, packet):
        self.tasks[name].inbox.append(packet)

    def run(self):
        order = list(self.tasks.values())
        while any([task.step() for task in order]):
            pass
        return self.checksum, [task.handled for task in order]


def run(n):
    kernel = Kernel(n)
    for place in range(3):
        kernel.send("worker", Packet("work", place))
    return kernel.run()
