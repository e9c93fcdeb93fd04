"""Measures ten fields, each of which takes a while, and keeps a ledger."""

import asyncio
import json
import random
import time

ledger = {}


async def measure(field):
    await asyncio.sleep(random.uniform(0.2, 0.4))
    return round(random.gauss(50, 8), 1)


async def main():
    for field in range(1, 11):
        ledger[field] = await measure(field)
        print(f"field {field:2}: {ledger[field]} kg", flush=True)


began = time.monotonic()
asyncio.run(main())
with open("/tmp/ledger.json", "w") as file:
    json.dump(ledger, file)
print(f"{sum(ledger.values()):.1f} kg in all; {time.monotonic() - began:.0f} s or so")
