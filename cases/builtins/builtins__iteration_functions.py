print(list(zip("ab", [1, 2, 3])), list(zip()), list(zip("a")), dict(zip("ab", range(2))))
try:
    list(zip("ab", [1], strict=True))
except ValueError as error:
    print(error)
try:
    list(zip("a", [1, 2], strict=True))
except ValueError as error:
    print(error)
print(list(enumerate("ab", start=5)), list(map(lambda a, b: a + b, [1, 2], [10, 20, 30])), list(filter(None, [0, 1, "", "x"])))
try:
    list(map(pow, [1], [2, 3], strict=True))
except ValueError as error:
    print(error)
print(list(reversed([1, 2])), list(reversed("ab")), list(reversed(range(3))), list(reversed({"a": 1, "b": 2})))
print(sorted([3, 1, 2]), sorted("bca", reverse=True), sorted(["bb", "a"], key=len), sorted({2: 1, 1: 2}))
print(any(map(str.isdigit, "a1")), all(c.islower() for c in "abc"))
it = iter([1, 2])
print(next(it), next(it), next(it, "end"))
calls = iter([1, 2, 0, 3])
print(list(iter(lambda: next(calls), 0)))
print(list(range(5, 0, -2)), range(10)[2:8:3], len(range(0, 10, 3)), 6 in range(0, 10, 3), range(3) == range(0, 3, 1), range(10).index(4))
print(range(2**70)[2**69], hash(range(3)) == hash(range(0, 3)), range(0, -5))
for bad in ["next(iter([]))", "iter(5)", "iter(5, 0)", "next([])", "reversed({1})", "sorted([1, 'a'])", "enumerate()", "zip(1)", "list(map(1, [1]))", "range()", "range(1.0)", "range(1, 2, 0)", "range(3)[5]", "len(range(2**70))", "filter(None)"]:
    try:
        print(bad, eval(bad))
    except BaseException as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
