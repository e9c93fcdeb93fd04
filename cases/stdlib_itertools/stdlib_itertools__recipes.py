from collections import Counter, deque
from functools import reduce
from itertools import *
import operator


def take(n, it):
    return list(islice(it, n))


def tail(n, it):
    return list(deque(it, maxlen=n))


def flatten(ll):
    return list(chain.from_iterable(ll))


def powerset(it):
    s = list(it)
    return list(chain.from_iterable(combinations(s, r) for r in range(len(s) + 1)))


def grouper(it, n, fill=None):
    return list(zip_longest(*[iter(it)] * n, fillvalue=fill))


def partition(pred, it):
    a, b = tee(it)
    return list(filterfalse(pred, a)), list(filter(pred, b))


def unique(it, key=None):
    seen = set()
    for x in it:
        k = key(x) if key else x
        if k not in seen:
            seen.add(k)
            yield x


def sliding(it, n):
    it = iter(it)
    w = deque(islice(it, n - 1), maxlen=n)
    for x in it:
        w.append(x)
        yield tuple(w)


def convolve(s, k):
    k = k[::-1]
    return [sum(map(operator.mul, k, w)) for w in sliding(chain([0] * (len(k) - 1), s, [0] * (len(k) - 1)), len(k))]


print(take(3, count(1)), tail(2, "abcd"), flatten([[1], [2, 3], []]), powerset([1, 2, 3]), grouper("abcde", 2, "-"), partition(lambda x: x % 2, range(6)), "".join(unique("AAAbBccC", str.lower)), list(sliding("abcd", 2)), convolve([1, 2, 3], [1, 1]))
print(sum(map(operator.mul, [1, 2], [3, 4])), next((i for i, x in enumerate("abc") if x == "b"), None), all(a <= b for a, b in pairwise([1, 2, 2, 5])), len(set(map(type, [1, 2]))) == 1, list(accumulate([3, 1, 4], max)), [k for k, g in groupby("aabbb") if len(list(g)) > 2], reduce(lambda a, b: a * b, range(1, 8)), list(islice(cycle("ab"), 1, 6, 2)))
print([(k, len(list(g))) for k, g in groupby("aaabbc")], dict(Counter(chain("abc", "bcd"))), list(starmap(divmod, [(7, 2), (9, 4)])), list(compress(count(), [1, 0, 1])), ["".join(p) for p in product("ab", "12")], ["".join(p) for p in permutations("abc", 2)], list(chain(*[[i] * i for i in range(4)])), list(dropwhile(str.isspace, "  ab ")))


def primes(n):
    s = [True] * n
    s[:2] = [False, False]
    for p in takewhile(lambda p: p * p < n, count(2)):
        if s[p]:
            s[p * p :: p] = repeat(False, len(range(p * p, n, p)))
    return list(compress(range(n), s))


print(primes(40), list(batched(range(7), 3)), sum(1 for _ in combinations(range(6), 3)), list(zip(*[[1, 2], [3, 4]])), max(product([1, 5], [2, 3]), key=sum))
