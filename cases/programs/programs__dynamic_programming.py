from functools import cache


@cache
def lcs(a, b):
    if not a or not b:
        return ""
    if a[0] == b[0]:
        return a[0] + lcs(a[1:], b[1:])
    return max(lcs(a[1:], b), lcs(a, b[1:]), key=len)


def knapsack(items, cap):
    best = [0] * (cap + 1)
    for w, v in items:
        for c in range(cap, w - 1, -1):
            best[c] = max(best[c], best[c - w] + v)
    return best[cap]


def edit(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        prev, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            prev, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, prev + (x != y))
    return row[-1]


def coins(total, kinds):
    ways = [1] + [0] * total
    for k in kinds:
        for t in range(k, total + 1):
            ways[t] += ways[t - k]
    return ways[total]


def lis(a):
    import bisect

    t = []
    for x in a:
        i = bisect.bisect_left(t, x)
        t[i : i + 1] = [x]
    return len(t)


def partitions(n, m):
    return 1 if n == 0 else 0 if m == 0 or n < 0 else partitions(n - m, m) + partitions(n, m - 1)


print(lcs("AGGTAB", "GXTXAYB"), knapsack([(1, 1), (3, 4), (4, 5), (5, 7)], 7), edit("kitten", "sitting"), coins(100, [1, 5, 10, 25, 50]), lis([10, 9, 2, 5, 3, 7, 101, 18]), partitions(20, 20))
best = cur = 0
for x in [-2, 1, -3, 4, -1, 2, 1, -5, 4]:
    cur = max(x, cur + x)
    best = max(best, cur)
print(best)
