def bubble(a):
    a = a[:]
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a


def quick(a):
    if len(a) <= 1:
        return a
    p, *rest = a
    return quick([x for x in rest if x < p]) + [p] + quick([x for x in rest if x >= p])


def merge(a):
    if len(a) <= 1:
        return a
    m = len(a) // 2
    l, r = merge(a[:m]), merge(a[m:])
    out = []
    while l and r:
        out.append((l if l[0] <= r[0] else r).pop(0))
    return out + l + r


def heap(a):
    import heapq

    h = list(a)
    heapq.heapify(h)
    return [heapq.heappop(h) for _ in range(len(h))]


def counting(a):
    c = [0] * (max(a) + 1)
    for x in a:
        c[x] += 1
    return [i for i, n in enumerate(c) for _ in range(n)]


data = [(i * 37 + 11) % 101 for i in range(60)]
for f in (bubble, quick, merge, heap, counting):
    print(f.__name__, f(data) == sorted(data), f(data)[:5])
