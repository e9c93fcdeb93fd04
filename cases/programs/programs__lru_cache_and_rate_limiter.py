from collections import OrderedDict, deque


class LRU:
    def __init__(self, size):
        self.size, self.data, self.hits, self.misses = size, OrderedDict(), 0, 0

    def get(self, key, make):
        if key in self.data:
            self.hits += 1
            self.data.move_to_end(key)
        else:
            self.misses += 1
            self.data[key] = make(key)
            if len(self.data) > self.size:
                print("evict", self.data.popitem(last=False))
        return self.data[key]


c = LRU(2)
print([c.get(k, str.upper) for k in "abacab"], c.hits, c.misses, list(c.data))


class Limiter:
    def __init__(self, n, per, clock):
        self.n, self.per, self.clock, self.seen = n, per, clock, deque()

    def allow(self):
        now = self.clock()
        while self.seen and now - self.seen[0] >= self.per:
            self.seen.popleft()
        if len(self.seen) < self.n:
            self.seen.append(now)
            return True
        return False


times = iter([0, 1, 2, 3, 10, 11, 12.5, 13])
l = Limiter(2, 10, lambda: next(times))
print([l.allow() for _ in range(8)])


class Bucket:
    def __init__(self, rate, cap):
        self.rate, self.cap, self.level, self.at = rate, cap, cap, 0

    def take(self, now, n=1):
        self.level = min(self.cap, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level >= n:
            self.level -= n
            return True
        return False


b = Bucket(1, 3)
print([b.take(t) for t in (0, 0, 0, 0, 1, 1.5, 2.5, 10)], b.level)


class Bloom:
    def __init__(self, bits=256, k=3):
        self.bits, self.k, self.v = bits, k, 0

    def _at(self, s):
        import hashlib

        d = hashlib.sha256(s.encode()).digest()
        return [int.from_bytes(d[i * 4 : i * 4 + 4]) % self.bits for i in range(self.k)]

    def add(self, s):
        for p in self._at(s):
            self.v |= 1 << p

    def __contains__(self, s):
        return all(self.v >> p & 1 for p in self._at(s))


f = Bloom()
for w in ("ann", "bob", "cy"):
    f.add(w)
print([w in f for w in ("ann", "bob", "cy", "dora", "ed")], f.v.bit_count())
