"""Calls of tools that were started and whose end is awaited.

The host runs them; it tells of ends only while somebody waits (`_exuvia.wait`,
`_exuvia.sleep`, a cell that waits), and they are collected here.
"""

import _exuvia

pending = {}
"""The future of each call, by its number. Who awaits one takes it out when it is not to be told any more."""


def collect():
    """Gives every call that has ended its outcome: a str, or bytes for a failure."""
    while call := _exuvia.finished():
        outcome = _exuvia.outcome()
        future = pending.pop(call, None)
        if future is not None and not future.done():
            try:
                future.set_result(outcome)
            except RuntimeError:
                pass  # its event loop is closed: nobody will look


def wait(seconds):
    """Waits for the end of a call, at most that long (`inf`: without end), and collects."""
    _exuvia.wait(seconds)
    collect()
