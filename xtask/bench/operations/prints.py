"""Printing many short lines."""

SMALL, LARGE = 10_000, 100_000


def run(n):
    for i in range(n):
        print(i)
    return n
