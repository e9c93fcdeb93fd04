"""Reads orders from a file beside it, and prints what was sold: `exuvia run examples/orders/report.py`."""

import csv
import sqlite3
import statistics
from collections import Counter
from datetime import date
from pathlib import Path

QUERY = """
    SELECT strftime('%Y-%m', day) AS month, COUNT(*), SUM(pieces * cents)
    FROM orders GROUP BY month ORDER BY month
"""


def load(path):
    """Returns a database in memory with the orders of a CSV file."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE orders (day TEXT, item TEXT, pieces INTEGER, cents INTEGER)")
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["day"])
            values = day.isoformat(), row["item"], int(row["pieces"]), round(float(row["price"]) * 100)
            database.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", values)
    return database


def main():
    database = load(Path(__file__).with_name("orders.csv"))
    print(f"{'month':<8} {'orders':>6} {'total':>9}")
    for month, count, cents in database.execute(QUERY):
        print(f"{month:<8} {count:>6} {cents / 100:>9.2f}")
    sums = [cents / 100 for (cents,) in database.execute("SELECT pieces * cents FROM orders")]
    print(f"median order {statistics.median(sums):.2f}, mean {statistics.fmean(sums):.2f}")
    items = Counter(dict(database.execute("SELECT item, SUM(pieces) FROM orders GROUP BY item")))
    print("most sold:", ", ".join(f"{item} ({pieces})" for item, pieces in items.most_common(3)))


if __name__ == "__main__":
    main()
