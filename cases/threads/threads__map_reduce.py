"""Counts words with a map over a pool, and reduces the counts."""
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

TEXTS = [
    "the quick brown fox jumps over the lazy dog",
    "the dog sleeps while the fox runs",
    "a quick run is a good run",
    "brown dogs and brown foxes",
] * 5


def count(text):
    return Counter(text.split())


with ThreadPoolExecutor() as pool:
    partial = list(pool.map(count, TEXTS))
total = reduce(lambda left, right: left + right, partial, Counter())
for word, number in sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:6]:
    print(f"{word:<8}{number}")
print(len(partial), sum(total.values()))

with ThreadPoolExecutor(max_workers=3) as pool:
    print(list(pool.map(pow, [2, 3, 4], [5, 2, 3])), list(pool.map(str.upper, "abc", timeout=30)))
    results = pool.map(lambda n: 10 // n, [5, 0, 2])
    print(next(results))
    try:
        next(results)
    except ZeroDivisionError as error:
        print("map:", type(error).__name__)
