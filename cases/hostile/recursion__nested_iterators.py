it = iter([1])
for _ in range(100000):
    it = map(int, it)
next(it)
