"""An asyncio event loop that the host drives.

It is CPython's own loop (`asyncio.BaseEventLoop`) with another way of waiting:
there are no sockets to select on, so all that can happen while nothing is ready
is that a timer comes due or a call of a tool ends (`_calls`). The loop runs in one of two ways:

  * **driven** (`drive`), for cells with a top-level `await`: it runs what is
    ready and returns how long nothing will be, so that no stack is held;
  * **blocking** (`run_until_complete`, `asyncio.run`), for synchronous code: it
    waits for the host, and raises where it would wait forever.

A limit (`exuvia.Limit`) that strikes in a callback, or in a task that nobody
awaits, would be logged and forgotten by asyncio; here it ends what runs the loop.

Other threads get a turn, one a round, where the loop looks whether anything has
happened (see `_strands`). If one of them waits, the loop goes on on top of it.
"""

import errno
import functools
import heapq
import sys
from _contextvars import copy_context
from asyncio import base_events, events, tasks

import _exuvia

from . import Limit, _calls, _cell, _network, _processes, _strands

SOCKETS = (
    "create_connection create_server create_datagram_endpoint create_unix_connection"
    " create_unix_server connect_accepted_socket sock_accept sock_connect sock_recv"
    " sock_recv_into sock_recvfrom sock_recvfrom_into sock_sendall sock_sendfile"
    " sock_sendto sendfile start_tls getaddrinfo getnameinfo"
).split()
WHERE = "the event loop"
DESCRIPTORS = (
    "add_reader add_writer remove_reader remove_writer"
    " add_signal_handler remove_signal_handler"
).split()
ROUNDS_BETWEEN_LOOKS = 64
PROCESSES = "subprocess_exec subprocess_shell connect_read_pipe connect_write_pipe".split()


class Loop(base_events.BaseEventLoop):
    """The event loop of the sandbox."""

    def __init__(self):
        super().__init__()
        self._selector = self
        self._driven = False
        self._idle = False
        self._on_top = False
        self._struck = None
        self._struck_in = 0
        self._grace = False
        self._limit = None
        self._rounds = 0

    def drive(self, task):
        """Runs until the task is done or nothing is ready.

        Returns None when it is done, else the seconds until the next timer
        (`math.inf` without one). What a callback raises out of the loop
        (KeyboardInterrupt, SystemExit, a limit) comes through; the loop stays usable.
        """
        if _calls.pending:
            _calls.collect()
        with _Running(self):
            while not task.done():
                if self._step_was_idle():
                    wait = self._until_next_timer()
                    due = _strands.next_due() if _strands.alive() else None
                    if due is not None:
                        wait = min(wait, max(0.0, due - self.time()))
                    if wait > 0 and not self._ready and not task.done():
                        return wait
        return None

    def settle(self, task, rounds):
        """Cancels the task and gives it that many rounds to clean up without waiting."""
        task.cancel()
        with _Running(self):
            while rounds and not task.done() and not self._step_was_idle():
                rounds -= 1

    def run_ready(self, rounds):
        """Runs what is ready, for at most that many rounds."""
        with _Running(self):
            while rounds and not self._step_was_idle():
                rounds -= 1

    def run_forever(self):
        """As asyncio's, but an interrupt that strikes just as the run ends leaves no loop that seems to run."""
        if self.is_running():
            super().run_forever()  # raises
        try:
            super().run_forever()
        finally:
            if self.is_running():
                self.leave()

    def leave(self):
        """Marks the loop as not running; may be called at any time, and again, when nothing runs."""
        self._driven = False
        self._run_forever_cleanup()

    def call_soon(self, callback, *args, context=None):
        """As asyncio's, by a shorter way: it is called some three times for each call of a tool that is awaited."""
        if self._debug or self._closed:
            return super().call_soon(callback, *args, context=context)
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def _step_was_idle(self):
        """Runs one round; says whether nothing was ready at its beginning."""
        self._idle = False
        self._run_once()
        return self._idle

    def _until_next_timer(self):
        """Returns the seconds until the first timer that still counts; `inf` without one."""
        scheduled = self._scheduled
        while scheduled and scheduled[0]._cancelled:
            self._timer_cancelled_count -= 1
            heapq.heappop(scheduled)._scheduled = False
        return max(0.0, scheduled[0]._when - self.time()) if scheduled else float("inf")

    def select(self, timeout):
        """Waits as the loop's selector: up to `timeout` seconds, None for no timer at all."""
        self._raise_limit(timeout)
        if self._on_top:
            return ()
        if _strands.alive() and self._let_others_run(timeout):
            return ()
        if timeout == 0:
            if _calls.pending:
                self._look()
        elif self._ready:
            # A signal's handler has made something ready since the time was computed. From here to the wait no other one runs.
            pass
        elif self._driven:
            self._idle = True
        elif _calls.pending:
            _calls.wait(float("inf") if timeout is None else timeout)
        elif timeout is None:
            raise self._stuck()
        else:
            _exuvia.sleep(timeout)
        return ()

    def _stuck(self):
        """Returns what ends a wait that would never end.

        A limit may strike where asyncio has taken a callback off its list and not called it yet: then it is the reason.
        """
        if self._struck is not None and self._struck_in == _cell.number:
            return self._struck[0]
        return RuntimeError(
            "deadlock: the event loop has nothing ready and no timer, and nothing else can wake it"
        )

    def _look(self):
        """Looks now and then whether a call has ended, for a loop that always has something ready."""
        self._rounds += 1
        if self._rounds % ROUNDS_BETWEEN_LOOKS == 0:
            _calls.wait(0.0)

    def _let_others_run(self, timeout):
        """Gives other threads their turns while the loop waits; says whether the wait is over.

        Daemon threads have to wait until the loop has nothing to do.
        """
        strand = _LoopStrand(self)
        _strands.put_in_line(strand)
        try:
            if timeout == 0 or self._driven or _calls.pending:
                waiting = _strands.Wait(self._is_idle, None, WHERE)
                others = (_strands.line,) if timeout == 0 else (_strands.line, _strands.daemons)
                return _strands.give_turn(waiting, others=others)
            _strands.wait(self._is_idle, timeout, where=WHERE)
            return True
        finally:
            _strands.take_out(strand)

    def _is_idle(self):
        """Says whether there is nothing for the loop to do but to wait."""
        return not (self._ready or self._stopping)

    def strike(self, limit):
        """Notes that `limit` is about to be raised in what the loop now runs."""
        self._struck = (limit, tasks.current_task(self))
        self._struck_in = _cell.number
        self._grace = True

    def call_exception_handler(self, context):
        """As asyncio's, but a limit is kept to end the loop's run."""
        error = context.get("exception")
        if isinstance(error, Limit) and "handle" in context:
            self._limit = error
        else:
            super().call_exception_handler(context)

    def _raise_limit(self, timeout):
        """Raises a limit that escaped from a callback or from a task that nobody awaits.

        Who awaits the task is told in the round after, so there is a round of grace.
        """
        limit, self._limit = self._limit, None
        if limit is None and self._struck is not None:
            struck, task = self._struck
            if task is None or not task.done():
                return
            if self._grace and timeout == 0:
                self._grace = False
                return
            self._struck = None
            if task._exception is struck and task._log_traceback:
                task.exception()  # retrieved: it is not to be logged as well
                limit = struck
        if limit is not None:
            raise limit

    def _process_events(self, event_list):
        """Has nothing to do: `select` never returns events."""

    def _write_to_self(self):
        """Has nothing to wake: a thread that calls this stands on top of the loop."""


class Handle(events.Handle):
    """A handle of a loop that is not debugged."""

    __slots__ = ()

    def __init__(self, callback, args, loop, context):
        self._context = copy_context() if context is None else context
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = None
        self._source_traceback = None


class _LoopStrand(_strands.Strand):
    """The going on of a loop in whose `select` other threads run."""

    __slots__ = ("loop",)

    def __init__(self, loop):
        super().__init__()
        self.host = _strands.current
        self.loop = loop

    def ready(self):
        """Says whether the loop has something to do."""
        return bool(self.loop._ready) or self.loop._until_next_timer() <= 0

    def due(self):
        """Returns the time of the loop's next timer."""
        until = self.loop._until_next_timer()
        return None if until == float("inf") else self.loop.time() + until

    def step(self):
        """Runs a round of the loop on top of the thread that waits."""
        events._set_running_loop(self.loop)
        self.loop._on_top = True
        try:
            self.loop._run_once()
        finally:
            self.loop._on_top = False
            events._set_running_loop(None)
        return False


class _Running:
    """Marks the loop as the running one, without blocking, inside a `with`."""

    def __init__(self, loop):
        self.loop = loop

    def __enter__(self):
        # An interrupt may have struck while an earlier one began or ended.
        self.loop.leave()
        self.loop._run_forever_setup()
        self.loop._driven = True

    def __exit__(self, *_):
        self.loop.leave()


def _refuse(name, error):
    """Gives `Loop` a method of that name that raises what `error()` returns."""

    def refused(self, *args, **kwargs):
        raise error()

    async def refused_later(self, *args, **kwargs):
        raise error()

    is_coroutine = name not in DESCRIPTORS
    method = refused_later if is_coroutine else refused
    method.__name__ = name
    method.__qualname__ = f"Loop.{name}"
    setattr(Loop, name, method)


def _no_sockets():
    return OSError(errno.ENOTSUP, _network.MESSAGE)


def _refuse_all():
    """Refuses what the sandbox has not."""
    for name in SOCKETS:
        _refuse(name, _no_sockets)
    for name in PROCESSES:
        _refuse(name, lambda: NotImplementedError(_processes.MESSAGE))
    for name in DESCRIPTORS:
        what = "signals are" if "signal" in name else "watching file descriptors is"
        text = f"{what} not available in the sandbox's event loop"
        _refuse(name, lambda text=text: NotImplementedError(text))


_refuse_all()


def running_loop():
    """Returns the loop that now runs if it is one of ours, else None."""
    loop = events._get_running_loop()
    return loop if isinstance(loop, Loop) else None


def install(unix_events):
    """Makes `Loop` what asyncio creates, given its module `unix_events`.

    That module may be just imported, before asyncio takes its names, or long since.
    """
    for module in (unix_events, sys.modules["asyncio"]):
        for name in ("SelectorEventLoop", "EventLoop"):
            setattr(module, name, Loop)
    unix_events._UnixDefaultEventLoopPolicy._loop_factory = Loop
    package, tasks_module = sys.modules["asyncio"], sys.modules["asyncio.tasks"]
    for name in ("create_task", "ensure_future"):
        there = getattr(tasks_module, name)
        if not hasattr(there, "__wrapped__"):
            begun = _beginning(there)
            setattr(tasks_module, name, begun)
            setattr(package, name, begun)


def _beginning(function):
    """Returns a function of asyncio that begins a task also where a cell runs without a loop, as in a notebook."""

    @functools.wraps(function)
    def begin(awaitable, **options):
        if _cell.number and not _strands.stack and events._get_running_loop() is None:
            from . import _task

            with _task.borrowed_loop():
                return function(awaitable, **options)
        return function(awaitable, **options)

    return begin


def note_limit(limit):
    """Tells the running loop, if there is one, that `limit` is about to be raised."""
    loop = running_loop()
    if loop is not None:
        loop.strike(limit)
