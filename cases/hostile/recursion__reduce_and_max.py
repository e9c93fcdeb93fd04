import functools


def f(a, b=0):
    return max([a, b], key=lambda v: functools.reduce(f, [1, 2]))


f(1)
