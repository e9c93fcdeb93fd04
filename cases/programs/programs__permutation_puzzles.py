from itertools import combinations, permutations, product

solutions = []
for p in permutations(range(10), 8):
    s, e, n, d, m, o, r, y = p
    if s and m == 1 and (s * 1000 + e * 100 + n * 10 + d) + (m * 1000 + o * 100 + r * 10 + e) == m * 10000 + o * 1000 + n * 100 + e * 10 + y:
        solutions.append(p)
        break
print(solutions)
print([c for c in combinations([3, 34, 4, 12, 5, 2], 3) if sum(c) == 11], sum(1 for d in product(range(1, 7), repeat=3) if sum(d) == 10))


def hanoi(n, a="A", b="B", c="C"):
    if n:
        yield from hanoi(n - 1, a, c, b)
        yield a + c
        yield from hanoi(n - 1, b, a, c)


print(len(list(hanoi(8))), " ".join(hanoi(3)))


def balanced(n, opened=0, s=""):
    if len(s) == 2 * n:
        yield s
        return
    if opened < n:
        yield from balanced(n, opened + 1, s + "(")
    if len(s) - opened < opened:
        yield from balanced(n, opened, s + ")")


print(list(balanced(3)), len(list(balanced(6))))


def subsets(s):
    return [[]] if not s else [x for r in subsets(s[1:]) for x in ([s[0]] + r, r)]


print(sorted(map(sorted, subsets([1, 2, 3]))), len(subsets(list(range(10)))))
print([n for n in range(100, 1000) if n == sum(int(c) ** 3 for c in str(n))], [(a, b, c) for a in range(1, 20) for b in range(a, 20) for c in range(b, 30) if a * a + b * b == c * c])
spiral = [[0] * 4 for _ in range(4)]
r = c = 0
dr, dc = 0, 1
for i in range(1, 17):
    spiral[r][c] = i
    if not (0 <= r + dr < 4 and 0 <= c + dc < 4) or spiral[r + dr][c + dc]:
        dr, dc = dc, -dr
    r, c = r + dr, c + dc
for row in spiral:
    print(*(f"{v:3}" for v in row), sep="")
