"""Nested loops with integer arithmetic and conditions."""

SMALL, LARGE = 40, 240


def run(n):
    total = 0
    for i in range(n):
        j = 0
        while j < n * 8:
            if (i ^ j) & 3:
                total += i * j % 7
            else:
                total -= 1
            j += 1
    return total
