"""Generators: chains, `yield from`, `send`, recursion through a tree."""

SMALL, LARGE = 1_500, 120_000


def tree(low, high):
    if low < high:
        middle = (low + high) // 2
        yield from tree(low, middle)
        yield middle
        yield from tree(middle + 1, high)


def running_mean():
    total = count = 0
    mean = None
    while True:
        total += yield mean
        count += 1
        mean = total // count


def run(n):
    squares = (i * i for i in range(n))
    kept = (i for i in squares if i % 3)
    mean = running_mean()
    next(mean)
    last = 0
    for value in kept:
        last = mean.send(value)
    return last, sum(i * place for place, i in enumerate(tree(0, n // 4)))
