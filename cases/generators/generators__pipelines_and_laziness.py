import itertools


def naturals():
    n = 0
    while True:
        n += 1
        yield n


def primes():
    seen = []
    for n in itertools.count(2):
        if all(n % p for p in seen):
            seen.append(n)
            yield n


def take(n, it):
    return list(itertools.islice(it, n))


print(take(10, primes()), take(5, (x * x for x in naturals() if x % 2)))


def logged(name, it):
    for x in it:
        print(name, x, end="; ")
        yield x


print(take(2, logged("b", (x * 10 for x in logged("a", naturals())))))


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


print(take(15, fib()), next(x for x in fib() if x > 10**6))
squares = (print("eval", x) or x * x for x in range(3))
print("not yet")
print(next(squares), list(squares), list(squares))
data = [1, 2]
g = (x for x in data)
data.append(3)
print(list(g))
factor = 2
g = (x * factor for x in [1, 2])
factor = 10
print(list(g))
try:
    g = (x for x in undefined_name)
except NameError as error:
    print(error)


def chunks(it, n):
    it = iter(it)
    while batch := tuple(itertools.islice(it, n)):
        yield batch


print(list(chunks("abcdefg", 3)), max(len(c) for c in chunks(range(10), 4)))
a, b = itertools.tee(naturals())
print(next(a), next(a), next(b), list(zip(a, "xy")), next(b))
g = (i for i in range(3))
print(2 in g, list(g), type(g).__name__, g.__name__, g.__qualname__)
