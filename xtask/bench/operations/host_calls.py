"""Asking the host for something small, many times: the clock."""

import time

SMALL, LARGE = 10_000, 100_000


def run(n):
    clock = time.time
    for _ in range(n):
        clock()
    return n
