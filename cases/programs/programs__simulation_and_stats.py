import random
from collections import Counter, deque
from statistics import fmean, pstdev

rng = random.Random(2024)
rolls = Counter(rng.randint(1, 6) + rng.randint(1, 6) for _ in range(2000))
print(sorted(rolls.items()))
inside = sum(rng.random() ** 2 + rng.random() ** 2 < 1 for _ in range(5000))
print(round(4 * inside / 5000, 3))
walk = [0]
for _ in range(500):
    walk.append(walk[-1] + rng.choice((-1, 1)))
print(min(walk), max(walk), walk[-1], round(fmean(walk), 4), round(pstdev(walk), 4))
queue, served, waits, free_at = deque(), 0, [], 0
for minute in range(120):
    if rng.random() < 0.4:
        queue.append(minute)
    if queue and minute >= free_at:
        waits.append(minute - queue.popleft())
        free_at = minute + rng.randint(1, 3)
        served += 1
print(served, len(queue), max(waits))


def train(data, steps=200, rate=0.05):
    w = b = 0.0
    for _ in range(steps):
        gw = sum(2 * (w * x + b - y) * x for x, y in data) / len(data)
        gb = sum(2 * (w * x + b - y) for x, y in data) / len(data)
        w, b = w - rate * gw, b - rate * gb
    return round(w, 3), round(b, 3)


print(train([(x, 3 * x + 1) for x in range(5)]))
words = "the cat sat on the mat and the dog sat on the log".split()
chain = {}
for a, b in zip(words, words[1:]):
    chain.setdefault(a, []).append(b)
w, text = "the", ["the"]
for _ in range(8):
    w = rng.choice(chain.get(w, words))
    text.append(w)
print(" ".join(text))
bins = Counter(int(rng.gauss(50, 10)) // 10 for _ in range(1000))
for k in sorted(bins):
    print(f"{k * 10:3} {'*' * (bins[k] // 20)}")
