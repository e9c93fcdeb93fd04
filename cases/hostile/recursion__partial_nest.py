import functools

f = int
for _ in range(100000):
    f = functools.partial(lambda g, *a: g(*a), f)
f("1")
