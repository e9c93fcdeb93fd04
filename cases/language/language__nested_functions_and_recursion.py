def ackermann(m, n):
    if m == 0:
        return n + 1
    return ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


def permutations(s):
    return [s] if len(s) <= 1 else [c + p for i, c in enumerate(s) for p in permutations(s[:i] + s[i + 1 :])]


def depth(x):
    return 1 + max(map(depth, x), default=0) if isinstance(x, list) else 0


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


print(ackermann(2, 3), permutations("abc"), depth([1, [2, [3, []]], []]), even(100), odd(7))


def power_set(items):
    if not items:
        return [()]
    rest = power_set(items[1:])
    return rest + [(items[0], *r) for r in rest]


def binary_search(a, x, lo=0, hi=None):
    hi = len(a) if hi is None else hi
    if lo >= hi:
        return -1
    mid = (lo + hi) // 2
    return mid if a[mid] == x else binary_search(a, x, mid + 1, hi) if a[mid] < x else binary_search(a, x, lo, mid)


print(power_set([1, 2, 3]), [binary_search(list(range(0, 100, 3)), x) for x in (0, 33, 50, 99)])


def make_accumulators():
    total = 0

    def add(n):
        nonlocal total
        total += n
        return total

    def reset():
        nonlocal total
        total, old = 0, total
        return old

    return add, reset


add, reset = make_accumulators()
print(add(5), add(10), reset(), add(1))


def tramp(f, *a):
    r = f(*a)
    while callable(r):
        r = r()
    return r


def count_down(n):
    return "done" if n == 0 else lambda: count_down(n - 1)


print(tramp(count_down, 10000))
