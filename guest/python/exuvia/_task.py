"""Cells with a top-level `await`.

Such a cell runs as a task on the session's loop. `start` and `resume` run what
is ready and return either the cell's answer or `{"wait": seconds or null}`; the
host then waits, with no stack held, and resumes. Null: there is no timer.

A task that a cell without `await` begins runs at the end of that cell until it waits.
Tasks that earlier cells left behind keep their place on the loop, and run while a
later cell waits; between cells and during synchronous ones nothing runs. What the
cell does to context variables holds for later cells, as it does for synchronous ones.

A cancel or a limit ends the cell: its task is cancelled and gets `SETTLE_ROUNDS`
rounds for its `finally` blocks; one that still waits after that is left behind.
"""

import contextlib
import contextvars
import math
from asyncio import CancelledError, base_events, events

from . import _cell, _error, _strands
from ._loop import Loop

SETTLE_ROUNDS = 1000
LOOP_FILES = (base_events.__file__, events.__file__)

_loop = None
_task = None
_context = None


def start(first, second, report):
    """Starts the cell of these code objects (see `_cell.prepare`); returns its answer."""
    global _task, _context
    if _task is not None:
        # The host begins no cell while one waits: that one has ended by an interrupt that struck in the
        # very moment of entering this package, when nothing could be recovered yet.
        recover(CancelledError())
    _open_loop()
    _context = contextvars.copy_context()
    _task = _loop.create_task(_evaluate(first, second), context=_context)
    return resume(report)


def _open_loop():
    """Makes the session's loop if there is none; returns it."""
    global _loop
    if _loop is None or _loop.is_closed():
        _loop = Loop()
    return _loop


@contextlib.contextmanager
def borrowed_loop():
    """Lets the session's loop seem to run, for a task that is begun where none does.

    The task goes on at the end of the cell, up to where it waits, and when a later cell waits.
    """
    events._set_running_loop(_open_loop())
    try:
        yield
    finally:
        events._set_running_loop(None)
    _cell.begun = run_begun


def run_begun():
    """Runs what was begun outside of the loop until all of it waits, within `SETTLE_ROUNDS`."""
    _cell.begun = None
    _loop.run_ready(SETTLE_ROUNDS)


def resume(report):
    """Goes on with the cell that waits; returns its answer."""
    global _task, _context
    task, context = _task, _context
    if task is None:
        raise RuntimeError("no cell waits")
    try:
        wait = _loop.drive(task)
    except BaseException as error:
        _task = _context = None
        _end(task, error)
        raise
    if wait is not None:
        return _error.encode({"wait": None if wait == math.inf else wait})
    _task = _context = None
    _keep_context(context)
    value = task.result()
    if _cell.settle is not None:
        _cell.settle()
    return None if value is None else report(value)


def recover(error):
    """Leaves nothing half done after `error` has ended a cell.

    An interrupt can strike at any place in this module and in the loop: a cell's task may
    still be there, or the loop seem to run, when nothing runs any more.
    """
    global _task, _context
    events._set_running_loop(None)
    if _loop is not None and not _loop.is_closed():
        _loop.leave()
    task, _task, _context = _task, None, None
    if task is not None:
        _end(task, error)


async def _evaluate(first, second):
    """Evaluates a cell's code objects in order; returns the last one's value."""
    value = None
    for code in (first, second):
        if code is not None:
            value = eval(code, _cell.namespace)
            if code.co_flags & _cell.COROUTINE:
                value = await value
    return value


def _end(task, error):
    """Ends the task of a cell that `error` has interrupted.

    An interrupt that came while the cell waited has no frame of the cell: it
    gets those of the place where the cell was.
    """
    _strands.recover(error)
    _drop_loop_frames(error)
    if task.done():
        if not task.cancelled():
            task.exception()  # retrieved: it is reported as the cell's error
        return
    _loop.settle(task, SETTLE_ROUNDS)
    if not task.done():
        return
    try:
        task.result()
    except CancelledError as cancelled:
        if error.__traceback__ is None:
            error.__traceback__ = cancelled.__traceback__
    except BaseException:
        pass


def _drop_loop_frames(error):
    """Takes the frames of the loop that lead to the program's out of the traceback."""
    _error.trim(error)
    entry = error.__traceback__
    while entry is not None and entry.tb_frame.f_code.co_filename in LOOP_FILES:
        entry = entry.tb_next
    error.__traceback__ = entry


def _keep_context(context):
    """Carries what the cell has set in its context over to the session's."""
    missing = object()
    for variable, value in context.items():
        if variable.get(missing) is not value:
            variable.set(value)
