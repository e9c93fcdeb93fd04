import json
import re
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

events = json.loads("""[
 {"user": "ann", "at": "2024-03-01", "type": "login", "ms": 120},
 {"user": "bob", "at": "2024-03-01", "type": "login", "ms": 80},
 {"user": "ann", "at": "2024-03-02", "type": "buy", "ms": 300, "tags": ["x", "y"]},
 {"user": "ann", "at": "2024-03-05", "type": "login", "ms": null},
 {"user": "cy", "at": "bad", "type": "login", "ms": 5}
]""")
valid = [e for e in events if re.fullmatch(r"\d{4}-\d\d-\d\d", e["at"])]
for e in valid:
    e["at"] = date.fromisoformat(e["at"])
by_user = {u: list(g) for u, g in groupby(sorted(valid, key=itemgetter("user")), key=itemgetter("user"))}
print({u: [e["type"] for e in es] for u, es in by_user.items()})
gaps = {u: [(b["at"] - a["at"]).days for a, b in zip(es, es[1:])] for u, es in by_user.items()}
print(gaps, max(valid, key=lambda e: e["ms"] or 0)["type"])


def flatten(x, path=""):
    if isinstance(x, dict):
        for k, v in x.items():
            yield from flatten(v, f"{path}.{k}" if path else k)
    elif isinstance(x, list):
        for i, v in enumerate(x):
            yield from flatten(v, f"{path}[{i}]")
    else:
        yield path, x


print(list(flatten({"a": {"b": [1, {"c": None}]}, "d": "e"})))
print(json.dumps(valid[2], default=str, sort_keys=True))
week = {d.isoformat(): 0 for d in (date(2024, 3, 1) + timedelta(n) for n in range(3))}
for e in valid:
    if (k := e["at"].isoformat()) in week:
        week[k] += 1
print(week)


def merge(a, b):
    return {**a, **{k: merge(a[k], v) if isinstance(v, dict) and isinstance(a.get(k), dict) else v for k, v in b.items()}}


print(merge({"a": {"x": 1, "y": 2}, "b": 1}, {"a": {"y": 3}, "c": 4}))


def diff(a, b, path=()):
    for k in sorted(a.keys() | b.keys()):
        if k not in b:
            yield "removed", (*path, k)
        elif k not in a:
            yield "added", (*path, k)
        elif isinstance(a[k], dict) and isinstance(b[k], dict):
            yield from diff(a[k], b[k], (*path, k))
        elif a[k] != b[k]:
            yield "changed", (*path, k), a[k], b[k]


print(list(diff({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 5}, "e": 1})))
