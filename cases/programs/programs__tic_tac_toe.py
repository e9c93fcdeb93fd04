from functools import cache

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]


def winner(b):
    return next((b[x] for x, y, z in LINES if b[x] != "." and b[x] == b[y] == b[z]), None)


@cache
def best(b, who):
    if w := winner(b):
        return (1 if w == "X" else -1), None
    if "." not in b:
        return 0, None
    scores = []
    for i in range(9):
        if b[i] == ".":
            scores.append((best(b[:i] + who + b[i + 1 :], "O" if who == "X" else "X")[0], i))
    pick = max if who == "X" else min
    return pick(scores, key=lambda s: s[0])


board, who = "." * 9, "X"
while best(board, who)[1] is not None:
    i = best(board, who)[1]
    board = board[:i] + who + board[i + 1 :]
    print(who, i)
    who = "O" if who == "X" else "X"
for r in range(3):
    print(" ".join(board[r * 3 : r * 3 + 3]))
print(winner(board), best.cache_info().currsize, best("XX.OO....", "X"), best("X...O....", "O"))
