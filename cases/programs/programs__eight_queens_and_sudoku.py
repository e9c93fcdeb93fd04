def queens(n, row=0, cols=frozenset(), d1=frozenset(), d2=frozenset()):
    if row == n:
        yield []
    for c in range(n):
        if c not in cols and row + c not in d1 and row - c not in d2:
            for rest in queens(n, row + 1, cols | {c}, d1 | {row + c}, d2 | {row - c}):
                yield [c] + rest


print(len(list(queens(6))), next(queens(8)), [len(list(queens(n))) for n in range(1, 6)])
for c in next(queens(6)):
    print("." * c + "Q" + "." * (5 - c))
puzzle = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"


def solve(s):
    i = s.find(".")
    if i < 0:
        return s
    r, c = divmod(i, 9)
    used = {s[r * 9 + k] for k in range(9)} | {s[k * 9 + c] for k in range(9)} | {s[(r // 3 * 3 + a) * 9 + c // 3 * 3 + b] for a in range(3) for b in range(3)}
    for d in "123456789":
        if d not in used and (t := solve(s[:i] + d + s[i + 1 :])):
            return t
    return None


done = solve(puzzle)
for r in range(9):
    print(" ".join(done[r * 9 : r * 9 + 9]))
