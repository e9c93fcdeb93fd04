import heapq
from dataclasses import dataclass, field
from itertools import count


@dataclass(order=True)
class Job:
    priority: int
    seq: int
    name: str = field(compare=False)
    done: bool = field(default=False, compare=False)


class Queue:
    def __init__(self):
        self.heap, self.count, self.index = [], count(), {}

    def add(self, name, priority):
        if name in self.index:
            self.index[name].done = True
        job = self.index[name] = Job(priority, next(self.count), name)
        heapq.heappush(self.heap, job)

    def pop(self):
        while self.heap:
            job = heapq.heappop(self.heap)
            if not job.done:
                del self.index[job.name]
                return job.name
        raise KeyError("empty queue")


q = Queue()
for name, p in [("write", 5), ("test", 3), ("ship", 9), ("plan", 1), ("ship", 2), ("fix", 3)]:
    q.add(name, p)
print([q.pop() for _ in range(5)])
try:
    q.pop()
except KeyError as error:
    print(error)
print(list(heapq.merge([1, 5, 9], [2, 6], [0, 10], key=None)), list(heapq.merge(["a", "ccc"], ["bb"], key=len)), heapq.nsmallest(3, [5, 1, 4, 2], key=lambda x: -x), heapq.nlargest(10, "ab"))
lo, hi = [], []
medians = []
for x in [5, 15, 1, 3, 8, 7]:
    heapq.heappush(lo, -heapq.heappushpop(hi, x))
    if len(lo) > len(hi):
        heapq.heappush(hi, -heapq.heappop(lo))
    medians.append(hi[0] if len(hi) > len(lo) else (hi[0] - lo[0]) / 2)
print(medians)
