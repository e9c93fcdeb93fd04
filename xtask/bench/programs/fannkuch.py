"""Permutations of short lists, and reversing their beginnings."""

SMALL, LARGE = 6, 8


def run(n):
    permutation = list(range(n))
    counts = [0] * n
    most = checksum = index = 0
    remaining = n
    while True:
        while remaining != 1:
            counts[remaining - 1] = remaining
            remaining -= 1
        flipped = permutation[:]
        flips = 0
        while first := flipped[0]:
            flipped[: first + 1] = flipped[first::-1]
            flips += 1
        most = max(most, flips)
        checksum += -flips if index & 1 else flips
        while True:
            if remaining == n:
                return checksum, most
            permutation.insert(remaining, permutation.pop(0))
            counts[remaining] -= 1
            if counts[remaining] > 0:
                break
            remaining += 1
        index += 1
