"""Arithmetic on long integers: the digits of pi from a spigot."""

SMALL, LARGE = 150, 900


def digits():
    q, r, t, k, n, base = 1, 0, 1, 1, 3, 3
    while True:
        if 4 * q + r - t < n * t:
            yield n
            q, r, n = 10 * q, 10 * (r - n * t), 10 * (3 * q + r) // t - 10 * n
        else:
            q, r, t, k, n, base = q * k, (2 * q + r) * base, t * base, k + 1, (q * (7 * k + 2) + r * base) // (t * base), base + 2


def run(n):
    source = digits()
    return sum(next(source) * (i % 10) for i in range(n))
