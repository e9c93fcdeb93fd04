"""A pipeline of stages, each a thread between two queues; the end travels through."""
import queue
import threading


class Stage(threading.Thread):
    def __init__(self, function, source, sink):
        super().__init__(name=function.__name__)
        self.function, self.source, self.sink = function, source, sink

    def run(self):
        while (item := self.source.get()) is not None:
            result = self.function(item)
            if result is not None:
                self.sink.put(result)
        self.sink.put(None)


def parse(line):
    return line.split(",") if line.strip() else None


def convert(fields):
    name, amount = fields
    return name, int(amount)


def even(pair):
    return pair if pair[1] % 2 == 0 else None


queues = [queue.Queue(maxsize=2) for _ in range(3)] + [queue.Queue()]
stages = [Stage(f, queues[i], queues[i + 1]) for i, f in enumerate((parse, convert, even))]
for stage in stages:
    stage.start()
for line in ["ann,4", "", "bob,7", "cy,10", "dee,3", "eve,8"]:
    queues[0].put(line)
queues[0].put(None)
for stage in stages:
    stage.join()
print([stage.name for stage in stages])
print(list(iter(queues[3].get, None)))
