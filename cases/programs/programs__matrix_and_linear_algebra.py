from fractions import Fraction

A = [[2, 1, -1], [-3, -1, 2], [-2, 1, 2]]
b = [8, -11, -3]


def mul(x, y):
    return [[sum(a * c for a, c in zip(r, col)) for col in zip(*y)] for r in x]


def det(m):
    if len(m) == 1:
        return m[0][0]
    return sum((-1) ** c * m[0][c] * det([r[:c] + r[c + 1 :] for r in m[1:]]) for c in range(len(m)))


def solve(m, v):
    rows = [[Fraction(x) for x in r] + [Fraction(y)] for r, y in zip(m, v)]
    n = len(rows)
    for i in range(n):
        p = next(r for r in range(i, n) if rows[r][i])
        rows[i], rows[p] = rows[p], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for r in range(n):
            if r != i:
                rows[r] = [x - rows[r][i] * y for x, y in zip(rows[r], rows[i])]
    return [r[-1] for r in rows]


print(mul(A, A), det(A), [str(x) for x in solve(A, b)], list(map(list, zip(*A))))


def power(m, n):
    result = [[int(i == j) for j in range(len(m))] for i in range(len(m))]
    while n:
        if n & 1:
            result = mul(result, m)
        m, n = mul(m, m), n >> 1
    return result


print(power([[1, 1], [1, 0]], 90)[0][1], [list(r[::-1]) for r in zip(*[[1, 2], [3, 4]])])
pascal = [[1]]
for _ in range(6):
    pascal.append([1, *(a + b for a, b in zip(pascal[-1], pascal[-1][1:])), 1])
for row in pascal:
    print(" ".join(map(str, row)).center(20).rstrip())
