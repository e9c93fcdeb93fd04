"""Doing the same to many things at a time."""

import asyncio
from asyncio import events, tasks
from inspect import iscoroutinefunction
from operator import length_hint

from ._loop import Loop

LIMIT = 8


def parallel(function, items, limit=LIMIT):
    """Calls `function(item)` for each item; returns the results in the items' order.

    Tools and `async def` functions overlap, at most `limit` at a time; ordinary
    functions take turns, for there is one thread. The first failure cancels
    what is still running and is raised. `await parallel.aio(...)` is the same
    for code that others shall go on beside.
    """
    start = _asynchronous(function)
    _check(limit)
    if start is None:
        return [function(item) for item in items]
    return _run(_overlap(start, items, limit))


async def _aio(function, items, limit=LIMIT):
    start = _asynchronous(function)
    _check(limit)
    if start is None:
        return [function(item) for item in items]
    return await _overlap(start, items, limit)


_aio.__name__ = "aio"
_aio.__qualname__ = "parallel.aio"
_aio.__doc__ = parallel.__doc__
parallel.aio = _aio
parallel.__module__ = _aio.__module__ = "exuvia"


def _check(limit):
    if type(limit) is not int or limit < 1:
        raise ValueError(f"limit is {limit!r}, it must be a whole number from 1")


def _asynchronous(function):
    """Returns the asynchronous variant of a function; None if it has none."""
    if not callable(function):
        raise TypeError(f"parallel() takes a function, not {type(function).__name__}")
    for each in (getattr(function, "aio", None), function, getattr(function, "__call__", None)):
        if iscoroutinefunction(each):
            return each
    return None


async def _overlap(start, items, limit):
    """Awaits `start(item)` for each item, at most `limit` at a time; returns the results in order."""
    results = []
    left = enumerate(items)

    async def work():
        for place, item in left:
            results.append(None)
            results[place] = await start(item)

    workers = [asyncio.create_task(work()) for _ in range(min(limit, length_hint(items, limit)))]
    if not workers:
        return results
    try:
        await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        for worker in workers:
            if worker.done():
                worker.result()
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return results


def _run(coroutine):
    """Runs a coroutine to its end on a loop of its own; a loop that runs now stands still meanwhile."""
    outer = events._get_running_loop()
    task = None if outer is None else tasks._swap_current_task(outer, None)
    events._set_running_loop(None)
    loop = Loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()
        events._set_running_loop(outer)
        if outer is not None:
            tasks._swap_current_task(outer, task)
