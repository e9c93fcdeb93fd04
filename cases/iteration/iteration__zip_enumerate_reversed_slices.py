names, ages = ["ann", "bob", "cy"], [30, 25]
print(list(zip(names, ages)), list(zip(names, ages, "xyz")), [*zip(*[(1, "a"), (2, "b")])], dict(zip(names, range(3))))
for i, (n, a) in enumerate(zip(names, ages), 1):
    print(i, n, a)
it = iter(range(7))
print(list(zip(it, it)), list(it))
print(list(reversed(list(enumerate("ab")))), list(enumerate(reversed("ab"))), [x for x in range(10)][::3], list(range(10))[-3:], list(range(10))[::-4])
for a, b in zip(range(3), range(1, 4)):
    print(a * b, end=" ")
print()
print([(a, b) for a, b in zip("abc", "abc"[1:])], [sum(p) for p in zip([1, 2], [3, 4], [5, 6])], list(map(lambda *a: a, "ab", "cd")), list(filter(str.isalpha, "a1b2")))
z = zip([1, 2, 3], iter([1]))
print(list(z), next(z, "empty"))
e = enumerate("ab", start=-1)
print(next(e), e.__reduce__()[0].__name__, list(e), type(e).__name__)
print(list(zip(range(2), strict=True)), sum(1 for _ in zip(range(10), range(7))))
first, second = zip(*sorted({"b": 2, "a": 1}.items()))
print(first, second)
print(max(enumerate([3, 9, 2]), key=lambda p: p[1]), min(range(-3, 3), key=abs), sorted(range(5), key=lambda x: (x % 2, -x)))
