"""Dictionaries: inserting, looking up, deleting, iterating; string and tuple keys."""

SMALL, LARGE = 4_000, 60_000


def run(n):
    table = {}
    for i in range(n):
        table[f"key{i % 9973}"] = i
        table[(i & 63, i % 31)] = i
    found = sum(table.get(f"key{i}", 1) for i in range(n))
    for i in range(0, n, 3):
        table.pop(f"key{i}", None)
    return len(table), found, sum(value for key, value in table.items() if type(key) is tuple)
