"""What a program is told when a thread waits for what nobody can bring about."""

import sys

NAMED_MAX = 3
"""Threads below that a message names."""

LIBRARY = frozenset(("threading", "queue", "concurrent.futures._base", "concurrent.futures.thread"))
"""Modules whose functions wait on behalf of the program."""

NAMES = {
    "lock.acquire": "Lock.acquire",
    "lock.__enter__": "Lock.acquire",
    "RLock.__enter__": "RLock.acquire",
    "Condition.__enter__": "Condition.acquire",
    "_ThreadHandle.join": "Thread.join",
    "wait": "concurrent.futures.wait",
    "Executor.map.<locals>.result_iterator": "Executor.map",
}
"""What an operation is called, where its function is called something else."""


def explain(waiting, below):
    """Returns the message: what waits, who stands below it and why, what to do."""
    text = f"deadlock: {operation(waiting.where)} waits for ever: "
    if not below:
        return text + "no other thread is left that could run"
    names = [f"{name(each.strand)} in {operation(each.where)}" for each in below[:NAMED_MAX]]
    if len(below) > NAMED_MAX:
        names.append("others")
    return (
        f"{text}no thread is left that could run on top of {name(waiting.strand)}, and those below it"
        f" ({', '.join(names)}) go on only when it returns; threads take turns on one stack here:"
        " let a thread find all that it needs when it first runs, the end of its queue included"
    )


def operation(where):
    """Returns what the program called to wait, as `Queue.get()`, from the frame in which it waits or words."""
    if type(where) is str:
        return where
    frame, found = where, where.f_code
    while frame is not None and (module := _module(frame)) is not None:
        if module in LIBRARY:
            found = frame.f_code
        frame = frame.f_back
    return NAMES.get(found.co_qualname, found.co_qualname) + "()"


def name(strand):
    """Returns the thread's name, quoted."""
    threading = sys.modules.get("threading")
    thread = strand.thread
    if thread is None and threading is not None:
        thread = threading._active.get(strand.ident)
    try:
        return repr(str(thread.name))
    except Exception:
        return f"thread {strand.ident}"


def _module(frame):
    """Returns the name of a frame's module if that is the library's or of this package, else None."""
    module = frame.f_globals.get("__name__")
    if type(module) is str and (module in LIBRARY or module.startswith("exuvia.")):
        return module
    return None
