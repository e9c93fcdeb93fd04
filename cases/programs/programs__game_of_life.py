from collections import Counter


def step(cells):
    counts = Counter((x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
    return {c for c, n in counts.items() if n == 3 or (n == 2 and c in cells)}


def show(cells, w=8, h=6):
    return "\n".join("".join("#" if (x, y) in cells else "." for x in range(w)) for y in range(h))


glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
for i in range(5):
    print(i)
    print(show(glider))
    glider = step(glider)
blinker = {(1, 1), (2, 1), (3, 1)}
print(step(step(blinker)) == blinker, step(set()), len(step({(0, 0)})))
r = {(x, 0) for x in range(10)}
for _ in range(20):
    r = step(r)
print(len(r))


def rule(n, row):
    return "".join(".#"[n >> int((row[i - 1] + row[i] + row[(i + 1) % len(row)]).replace("#", "1").replace(".", "0"), 2) & 1] for i in range(len(row)))


row = "." * 15 + "#" + "." * 15
for _ in range(8):
    print(row)
    row = rule(90, row)
