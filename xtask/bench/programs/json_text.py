"""`json` in both directions, on records of the usual kind."""

import json

SMALL, LARGE = 100, 3_000


def run(n):
    records = [
        {"id": i, "name": f"item-{i}", "values": [i, i * 2, i / 4], "ok": i % 3 == 0, "note": None, "text": "é\n" * 4}
        for i in range(n)
    ]
    size = 0
    for _ in range(4):
        text = json.dumps(records)
        size += len(text)
        records = json.loads(text)
    pretty = json.dumps(records, indent=2, sort_keys=True)
    return size, len(pretty), records[-1]["values"]
