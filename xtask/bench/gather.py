"""Prints the least seconds that so many sleeps take which overlap, in rounds: `gather.py COUNT SECONDS ROUNDS`."""

import asyncio
import sys
import time


async def nap(seconds):
    await asyncio.sleep(seconds)


async def main(count, seconds, rounds):
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        await asyncio.gather(*[nap(seconds) for _ in range(count)])
        best = min(best, time.perf_counter() - started)
    print(best)


asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
