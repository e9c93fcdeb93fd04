"""`decimal` and `datetime`: what business programs compute with."""

from datetime import date, timedelta
from decimal import Decimal

SMALL, LARGE = 500, 30_000


def run(n):
    balance = Decimal("1000.00")
    rate = Decimal("0.0375") / 365
    day = date(2024, 1, 1)
    weekends = 0
    for _ in range(n):
        balance += (balance * rate).quantize(Decimal("0.01"))
        if balance > 5000:
            balance -= 4000
        day += timedelta(days=1)
        weekends += day.weekday() >= 5
        day.isoformat()
    return str(balance), weekends, day.isoformat()
