"""Three packages, two mounts and a tool: `exuvia run --config exuvia.toml sales.py`."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal

import msgpack
from dateutil.relativedelta import relativedelta
from exuvia import parallel
from exuvia.tools import count_lines
from pydantic import BaseModel


class Order(BaseModel):
    day: date
    item: str
    pieces: int
    price: Decimal


with open("/orders/orders.csv") as file:
    text = file.read()
orders = [Order(**row) for row in csv.DictReader(text.splitlines())]
print(len(orders), "orders in", count_lines(text), "lines")

sales = Counter()
for order in orders:
    sales[order.item] += order.pieces * order.price
item, money = sales.most_common(1)[0]
due = max(order.day for order in orders) + relativedelta(months=1, day=1)
print(f"most was sold of {item}: {money}; the next report is due on {due}")

lines = parallel(count_lines, ["x\n" * count for count in range(50)])
print(f"{sum(lines)} lines counted in {len(lines)} calls")

with open("/notes/sales.msgpack", "wb") as file:
    file.write(msgpack.packb({item: str(money) for item, money in sales.items()}))
