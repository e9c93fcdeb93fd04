"""Calls of Python functions: Fibonacci numbers by naive recursion."""

SMALL, LARGE = 18, 27


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def run(n):
    return fib(n)
