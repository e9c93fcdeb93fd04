import itertools


def until(f, stop):
    return list(iter(f, stop))


data = iter("hello.world")
print(until(lambda: next(data), "."), "".join(data))
c = itertools.count()
print([next(c) for _ in range(3)], list(itertools.takewhile(lambda x: x < 6, c)), next(c))
cy = itertools.cycle([1, 2])
print([next(cy) for _ in range(5)])
r = itertools.repeat("x", 3)
print(r, next(r), r, list(r), list(r))


class Dice:
    def __init__(self):
        self.seq = [3, 1, 4, 1, 5, 6, 2]

    def __call__(self):
        return self.seq.pop(0)


print(list(iter(Dice(), 6)))


class Explosive:
    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n == 3:
            raise StopIteration("stop value")
        if self.n > 3:
            return "revived"
        return self.n


e = Explosive()
print(list(e), next(e), [x for x, _ in zip(e, range(2))])


def window(seq, n):
    it = iter(seq)
    buf = list(itertools.islice(it, n))
    while len(buf) == n:
        yield tuple(buf)
        buf = buf[1:] + list(itertools.islice(it, 1))


def roundrobin(*its):
    its = [iter(i) for i in its]
    while its:
        for i in its[:]:
            try:
                yield next(i)
            except StopIteration:
                its.remove(i)


print(list(window("abcde", 3)), list(roundrobin("abc", "d", "ef")), list(itertools.islice(itertools.accumulate(itertools.repeat(2), lambda a, b: a * b), 8)))
a, b = itertools.tee(iter(range(5)))
print(list(itertools.islice(a, 2)), list(b), list(a))
