"""`pickle` in Python: what a library's own serialiser looks like."""

import pickle

SMALL, LARGE = 20, 1_500


def run(n):
    value = [{"id": i, "name": f"n{i}", "pair": (i, str(i)), "list": [i] * 5} for i in range(n)]
    data = pickle._dumps(value, protocol=4)
    return len(data), pickle._loads(data)[-1]["pair"]
