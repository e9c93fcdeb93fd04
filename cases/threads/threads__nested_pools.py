"""Pools within threads within pools: a tree is summed, a quicksort forks."""
import threading
from concurrent.futures import ThreadPoolExecutor

TREE = (1, [(2, [(4, []), (5, [])]), (3, [(6, [(7, [])])])])


def total(node):
    value, children = node
    if not children:
        return value
    with ThreadPoolExecutor(max_workers=2) as pool:
        return value + sum(pool.map(total, children))


print(total(TREE))


def quicksort(items):
    if len(items) < 2:
        return items
    pivot, *rest = items
    halves = {}

    def part(name, chosen):
        halves[name] = quicksort(chosen)

    threads = [
        threading.Thread(target=part, args=("low", [x for x in rest if x < pivot])),
        threading.Thread(target=part, args=("high", [x for x in rest if x >= pivot])),
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return halves["low"] + [pivot] + halves["high"]


print(quicksort([5, 3, 8, 1, 9, 2, 7, 3, 6, 4]))

outcome = []


def outer():
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcome.extend(pool.map(lambda n: n * n, range(4)))


t = threading.Thread(target=outer)
t.start()
t.join()
print(outcome)
