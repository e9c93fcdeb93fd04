"""`pickle` as it comes, in C."""

import pickle

SMALL, LARGE = 300, 8_000


def run(n):
    value = [{"id": i, "name": f"n{i}", "pair": (i, str(i)), "list": [i] * 5, "real": i / 3} for i in range(n)]
    size = 0
    for _ in range(3):
        data = pickle.dumps(value, protocol=4)
        size += len(data)
        value = pickle.loads(data)
    return size, value[-1]["pair"]
