class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1


print(list(Countdown(3)), sum(Countdown(4)), [*Countdown(2)], dict(enumerate(Countdown(2))), max(Countdown(5)), 2 in Countdown(3))
a, *b = Countdown(3)
print(a, b, tuple(zip(Countdown(2), Countdown(3))))


class BadIter:
    def __iter__(self):
        return 5


class NoNext:
    def __iter__(self):
        return self


class Raising:
    def __iter__(self):
        return self

    def __next__(self):
        raise ValueError("boom")


for f in (list, iter, sum, lambda x: [*x], lambda x: dict(x)):
    for v in (BadIter(), NoNext(), Raising(), 5):
        try:
            f(v)
        except Exception as error:
            print(type(error).__name__, error)


class Seq:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        print("get", i, end=" ")
        if i >= self.n:
            raise IndexError
        return i


print(list(Seq(2)), list(reversed(Seq(2))))
it = iter([1, 2, 3])
print(it.__length_hint__(), next(it), it.__length_hint__(), list(it), list(it))
it = iter({"a": 1})
l = [1, 2, 3]
it = iter(l)
next(it)
l.clear()
print(list(it), next(it, "done"))
l.append(5)
print(list(it))
s = iter("ab")
print(s.__reduce__()[1:], type(s).__name__, [type(iter(x)).__name__ for x in ([], (), {}, set(), "", b"", range(0), {}.items(), "é")])
