"""Generator expressions over floating-point numbers: the norm of an infinite matrix."""

SMALL, LARGE = 16, 120


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    return [sum(entry(i, j) * x for j, x in enumerate(vector)) for i in range(len(vector))]


def times_transposed(vector):
    return [sum(entry(j, i) * x for j, x in enumerate(vector)) for i in range(len(vector))]


def run(n):
    u = [1.0] * n
    for _ in range(5):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    product = sum(a * b for a, b in zip(u, v))
    square = sum(a * a for a in v)
    return round((product / square) ** 0.5, 6)
