print([x for x in range(3)], {x % 2 for x in range(5)}, {k: v for k, v in zip("ab", [1, 2])}, list(x for x in "ab"))
print([(x, y) for x in range(3) for y in range(x)], [x for x in range(20) if x % 2 if x % 3], [[i * j for j in range(3)] for i in range(2)])
print([y for x in ["ab", "c"] for y in x], [x if x % 2 else -x for x in range(4)], {x: [y for y in range(x)] for x in range(3)})
x = "outer"
print([x for x in range(2)], x)
print([lambda: i for i in range(3)][0](), [f() for f in [lambda i=i: i for i in range(3)]])


class C:
    items = [1, 2]
    doubled = [x * 2 for x in items]
    try:
        bad = [y * len(items) for y in items]
    except NameError as error:
        bad = str(error)


print(C.doubled, C.bad)
print([a + b for a, b in [(1, 2), (3, 4)]], [a for a, *_ in ["xyz", "pq"]], {**{k: 1 for k in "ab"}}, [*[i for i in range(2)], *(j for j in "z")])
matrix = [[1, 2, 3], [4, 5, 6]]
print([list(r) for r in zip(*matrix)], [c for r in matrix for c in r if c > 2], sum(c for r in matrix for c in r))
for bad in ["[x for x in 5]", "{[]: 1 for _ in 'a'}", "[1/0 for _ in 'a']", "{a for a in [[1]]}", "[a for a, b in [1]]"]:
    try:
        eval(bad)
    except Exception as error:
        print(bad, "->", type(error).__name__, error)
print([n for n in range(2, 30) if all(n % d for d in range(2, n))], {len(w): w for w in ["a", "bb", "cc"]}, [(i, j) for i in range(3) if i for j in range(2) if j])
print([_ for _ in range(3)], [[]] * 2, [z := 5, z + 1], any([]), [None for _ in ()])
