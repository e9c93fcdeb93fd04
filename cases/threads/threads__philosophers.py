"""Dining philosophers who take the lower fork first, and a bank with ordered locks."""
import random
import threading
import time

SEATS, MEALS = 5, 3
forks = [threading.Lock() for _ in range(SEATS)]
eaten = [0] * SEATS


def dine(seat):
    low, high = sorted((seat, (seat + 1) % SEATS))
    for _ in range(MEALS):
        time.sleep(random.uniform(0, 0.001))
        with forks[low]:
            with forks[high]:
                eaten[seat] += 1
                time.sleep(random.uniform(0, 0.001))


diners = [threading.Thread(target=dine, args=(seat,), name=f"Philosopher {seat}") for seat in range(SEATS)]
for diner in diners:
    diner.start()
for diner in diners:
    diner.join()
print(eaten, [fork.locked() for fork in forks])

balances = {"a": 500, "b": 500, "c": 500}
locks = {name: threading.Lock() for name in balances}


def transfer(source, target, amount):
    for name in sorted((source, target)):
        locks[name].acquire()
    try:
        if balances[source] >= amount:
            balances[source] -= amount
            balances[target] += amount
    finally:
        for name in sorted((source, target), reverse=True):
            locks[name].release()


moves = [("a", "b", 10), ("b", "c", 20), ("c", "a", 5), ("b", "a", 15), ("a", "c", 1)] * 4
threads = [threading.Thread(target=transfer, args=move) for move in moves]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sum(balances.values()), balances)
