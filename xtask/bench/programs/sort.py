"""Sorting numbers, strings and records with a key, and `heapq`."""

import heapq

SMALL, LARGE = 1_500, 25_000


def run(n):
    seed = 42
    numbers = []
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        numbers.append(seed)
    names = sorted(str(number) for number in numbers)
    records = sorted(((number % 100, -number) for number in numbers), key=lambda record: record[1])
    records.sort(key=lambda record: record[0])
    heap = []
    for number in numbers:
        heapq.heappush(heap, number)
    smallest = [heapq.heappop(heap) for _ in range(n // 2)]
    return sorted(numbers)[n // 2], names[n // 3], records[n // 4], smallest[-1]
