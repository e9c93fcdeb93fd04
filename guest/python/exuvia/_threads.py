"""`threading`, `queue` and thread pools, for threads that take turns (see `_strands`).

`_thread` and `_queue` are given other locks, other starting and joining, before anything
has imported them; what is built on them in Python is CPython's own. Where that would
wait in a way that one stack cannot have, it is changed:

  * a worker of a pool ends its turn after each task, and when there is none;
  * a `Timer` gets its turn when its time has come;
  * `Queue.put` of a full queue lets one more item in while there are other threads:
    the one that would empty it cannot go on before this one is done.

The importer's own locks stay those in C: a thread that imports what a thread below is
importing gets the module as it is, as within one thread.
"""

import _queue
import _thread
import importlib._bootstrap
import os
import sys
import types
from contextvars import Context
from functools import wraps
from time import monotonic

from . import _locals, _locks, _strands
from ._strands import PASSING, Ended, Strand, clean, detach

QUEUE_EXCESS_MAX = 1 << 16
"""Items by which a queue may go beyond its size while its other end cannot run."""


def install():
    """Replaces what waits and starts in `_thread` and `_queue`, then adapts what is built on it."""
    real = types.ModuleType("_thread")
    real.__dict__.update(_thread.__dict__)
    importlib._bootstrap._thread = real
    _strands.main.ident = real.get_ident()
    _thread.lock = _thread.LockType = _locks.lock
    _thread.allocate_lock = _thread.allocate = _locks.lock
    _thread.RLock = _locks.RLock
    _thread._ThreadHandle = _locks._ThreadHandle
    _thread._local = _locals.local
    _thread.start_new_thread = _thread.start_new = start_new_thread
    for function in (start_joinable_thread, get_ident, get_native_id, _make_thread_handle, _shutdown, _count):
        setattr(_thread, function.__name__, function)
        function.__module__ = "_thread"
    _queue.SimpleQueue = _locks.SimpleQueue
    _adapt_threading()
    _adapt_queue()
    _adapt_pools()


def start_new_thread(function, args, kwargs={}, /):
    """Starts a thread that calls the function; returns its number."""
    if not callable(function):
        raise TypeError("first arg must be callable")
    if not isinstance(args, tuple):
        raise TypeError("2nd arg must be a tuple")
    if not isinstance(kwargs, dict):
        raise TypeError("optional 3rd arg must be a dictionary")
    # Nobody can join it, so it is not ended where it waits: a program sleeps instead.
    strand = Strand(lambda: Context().run(function, *args, **kwargs), function=function)
    _strands.start(strand)
    return strand.ident


def start_joinable_thread(function, *, handle=None, daemon=True):
    """Starts a thread that calls the function; returns its handle."""
    if not callable(function):
        raise TypeError("thread function must be callable")
    if handle is None:
        handle = _locks._ThreadHandle()
    elif not isinstance(handle, _locks._ThreadHandle):
        raise TypeError("'handle' must be a _ThreadHandle")
    thread = getattr(function, "__self__", None)
    if not isinstance(thread, sys.modules["threading"].Thread):
        thread = None
    strand = _strand_of(thread)(function, handle, daemon, thread)
    _strands.start(strand)
    handle.ident, handle._strand = strand.ident, strand
    if thread is not None:
        # What a thread does as its first act, so that whoever started it need not wait.
        thread._ident = strand.ident
        thread._native_id = _native(strand)
        thread._started.set()
    return handle


def _strand_of(thread):
    """Returns the kind of strand that a thread is."""
    threading = sys.modules["threading"]
    kind = type(thread)
    if isinstance(thread, threading.Timer) and kind.run is threading.Timer.run:
        return TimerStrand
    if thread is not None and kind.run is threading.Thread.run and thread._target is _worker:
        return PoolStrand
    return Strand


def get_ident():
    """Returns the number of the running thread."""
    return _strands.current.ident


def get_native_id():
    """Returns the number by which a system would know the running thread."""
    return _native(_strands.current)


def _native(strand):
    """Returns that number: the process's for the main thread, those behind it for others."""
    return os.getpid() + (strand.ident - _strands.main.ident) // 16


def _make_thread_handle(ident):
    """Returns a handle of a thread that has not been started here."""
    handle = _locks._ThreadHandle()
    handle.ident = ident
    handle._strand = _strands.current if ident == _strands.current.ident else None
    return handle


def _shutdown():
    """Waits for all threads, at the end of the program."""
    _strands.settle()


def _count():
    """Returns how many threads there are besides the main one."""
    return len(_strands.everyone)


def _adapt_threading():
    """Keeps `threading` from reporting what is to end more than one thread, or to end one silently."""
    import threading

    make = threading._make_invoke_excepthook

    def _make_invoke_excepthook():
        invoke = make()

        def invoke_excepthook(thread):
            error = sys.exception()
            if isinstance(error, PASSING):
                raise
            if not isinstance(error, Ended):
                clean(error)
                invoke(thread)

        return invoke_excepthook

    threading._make_invoke_excepthook = _make_invoke_excepthook


def _adapt_queue():
    """Lets a full queue take more while the thread that would empty it cannot run."""
    import queue

    strict = queue.Queue.put

    @wraps(strict)
    def put(self, item, block=True, timeout=None):
        if not block or timeout is not None or not 0 < self.maxsize <= self._qsize() or not _may_exceed(self):
            return strict(self, item, block, timeout)
        maxsize, self.maxsize = self.maxsize, 0
        try:
            strict(self, item)
        finally:
            self.maxsize = maxsize

    queue.Queue.put = put


def _may_exceed(queue):
    """Says whether a full queue takes one more: there is somebody else who may empty it."""
    return _strands.others_can_run() and queue._qsize() < queue.maxsize + QUEUE_EXCESS_MAX


def _adapt_pools():
    """Gives thread pools workers that end their turns, and futures that notice that they are late."""
    import concurrent.futures.thread as pools

    pools._worker = _worker
    future = pools._base.Future
    for name in ("result", "exception"):
        setattr(future, name, _timed(getattr(future, name)))


def _timed(strict):
    """Returns the method of a future with a timeout that holds though the task ran to its end."""

    @wraps(strict)
    def timed(self, timeout=None):
        if timeout is not None:
            with self._condition:
                if not self.done() and not self._condition.wait(timeout):
                    raise TimeoutError
        return strict(self, timeout)

    return timed


class TimerStrand(Strand):
    """A `Timer`'s thread: it wants no turn before its time, or before it is cancelled."""

    __slots__ = ("time",)

    def __init__(self, *args):
        super().__init__(*args)
        # The first wait of the thread, for its interval, counts from now.
        self.since = monotonic()
        self.time = self.since + self.thread.interval

    def ready(self):
        """Says whether the time has come or the timer was cancelled."""
        return self.thread.finished.is_set() or monotonic() >= self.time

    def due(self):
        """Returns the timer's time."""
        return self.time


class PoolStrand(Strand):
    """A worker of a pool: it has a turn for each task."""

    __slots__ = ("steps", "executor", "tasks")

    def __init__(self, *args):
        super().__init__(*args)
        self.steps = None
        self.executor, _, self.tasks = self.thread._args

    def ready(self):
        """Says whether there is a task, or the worker has not begun."""
        return self.steps is None or not self.tasks.empty()

    def step(self):
        """Does one task. All that `Thread` does around `run` is done around all steps."""
        threading = sys.modules["threading"]
        thread = self.thread
        if self.steps is None:
            self.steps = _worker(*thread._args)
            threading._active[self.ident] = thread
            threading._limbo.pop(thread, None)
        try:
            thread._context.run(next, self.steps)
        except StopIteration:
            del thread._target, thread._args, thread._kwargs
            return True
        return False

    def abandon(self):
        """Cancels the tasks that have not begun; the worker stays."""
        _cancel(self.tasks)
        return False

    def lose(self):
        """Lets the pool start another worker for its next task."""
        if (executor := self.executor()) is not None:
            executor._threads.discard(self.thread)


def _cancel(tasks):
    """Takes all tasks out of a pool's queue, and cancels them; leaves the sign to end."""
    ends = False
    while not tasks.empty():
        task = tasks.get_nowait()
        if task is None:
            ends = True
        else:
            task.future.cancel()
    if ends:
        tasks.put(None)


def _worker(executor_reference, ctx, work_queue):
    """Works as the function of this name in `concurrent.futures.thread`, and yields at each turn's end."""
    import concurrent.futures.thread as pools

    try:
        ctx.initialize()
    except PASSING:
        raise
    except BaseException as error:
        detach(error)
        pools._base.LOGGER.critical("Exception in initializer:", exc_info=True)
        if (executor := executor_reference()) is not None:
            executor._initializer_failed()
        return
    try:
        while True:
            if work_queue.empty():
                if (executor := executor_reference()) is not None:
                    executor._idle_semaphore.release()
                del executor
                while work_queue.empty():
                    yield
            work_item = work_queue.get_nowait()
            if work_item is not None:
                _do(work_item, ctx)
                del work_item
                if not work_queue.empty():
                    yield
                continue
            executor = executor_reference()
            if pools._shutdown or executor is None or executor._shutdown:
                if executor is not None:
                    executor._shutdown = True
                work_queue.put(None)
                return
            del executor
    except PASSING:
        # The thread has ended; the pool is to start another one for its next task.
        _cancel(work_queue)
        if (executor := executor_reference()) is not None:
            executor._threads.discard(pools.threading.current_thread())
        raise
    finally:
        ctx.finalize()


def _do(work_item, ctx):
    """Does a task; what is to end more than the task is raised, besides being the task's exception."""
    work_item.run(ctx)
    error = work_item.future._exception
    if error is not None:
        detach(error)
        if isinstance(error, PASSING):
            raise error
