import csv
import io
import json
from collections import defaultdict
from statistics import mean

raw = """sku,category,qty,price
A1,tools,5,9.99
A2,tools,0,19.50
B1,toys,12,4.25
B2,toys,x,3.00
C1,books,7,
"""
good, bad = [], []
for n, row in enumerate(csv.DictReader(io.StringIO(raw)), 2):
    try:
        good.append({**row, "qty": int(row["qty"]), "price": float(row["price"])})
    except ValueError as error:
        bad.append((n, str(error)))
print(bad)
groups = defaultdict(list)
for item in good:
    groups[item["category"]].append(item)
report = {c: {"items": len(v), "stock": sum(i["qty"] for i in v), "value": round(sum(i["qty"] * i["price"] for i in v), 2), "mean": round(mean(i["price"] for i in v), 2)} for c, v in sorted(groups.items())}
print(json.dumps(report, indent=1))
print(f"{'category':<10}{'stock':>6}{'value':>10}")
for c, r in report.items():
    print(f"{c:<10}{r['stock']:>6}{r['value']:>10,.2f}")
with open("report.json", "w") as f:
    json.dump(report, f)
print(json.load(open("report.json")) == report, [i["sku"] for i in good if not i["qty"]])
