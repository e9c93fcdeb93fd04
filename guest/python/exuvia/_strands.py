"""Threads that take turns on one stack: who runs when.

The interpreter has one stack. A thread that is started is put in line. When the
running one has to wait, those in line run on top of it, the oldest first, until
what it waits for holds; whoever stands below goes on when they have returned. A
`Strand` is such a thread; the program's first one is `main`.

  * A thread runs as late as it can: when somebody waits, at the end of a cell, and
    when a sleep is plainly a poll (see `sleeping`). So a queue is filled and a stop
    flag is set, as a rule, before the thread that looks at it runs.
  * Daemon threads come after all others. One that would have to wait or sleep while
    the thread below could go on ends there, silently, as at an interpreter's exit. It
    still has the time that it would have had if it had run when it was started: so long
    its sleeps and waits take none.
  * A wait that nobody can end raises RuntimeError, at once.
  * A limit or a KeyboardInterrupt ends all threads that have begun and those in line.

`wait` is the only place where a thread blocks: locks, queues and joins are made of it.
"""

import sys
from collections import deque
from time import monotonic

import _exuvia

from . import Limit, _cell, _locals

THREADS_MAX = 10_000
"""Threads alive at once; beyond that "can't start new thread", as where a system has no more."""

POLLS_MAX = 10
"""Sleeps in a row at one place, and nobody notified, after which they are taken for a poll."""

FRAMES_FOR_TURN = 100
FRAMES_FOR_START = 180
"""Calls that must be left for a turn, and for starting a thread from a thread on top:
the thread that waits needs some to report that there are none. Starting wants more, so
that a thread that starts and joins one like itself fails at the start, and none is left."""

CONTEXTS_MAX = 1000
"""Exceptions looked at in a chain of contexts."""

PASSING = (Limit, KeyboardInterrupt)
"""What ends a thread and the ones below it, whoever catches exceptions on the way."""


class Ended(BaseException):
    """Ends a daemon thread where it waits; nobody is told."""


class Strand:
    """A thread as it is run here: what is left to do, and where it stands."""

    __slots__ = (
        "ident daemon handle thread work function host since below outer place polls credit".split()
    )

    def __init__(self, work=None, handle=None, daemon=False, thread=None, function=None):
        self.ident = 0
        self.daemon = daemon
        self.handle = handle
        self.thread = thread
        self.work = work
        self.function = function or work
        self.host = self
        self.since = None
        self.below = None
        self.outer = None
        self.place = None
        self.polls = 0
        self.credit = 0.0

    def ready(self):
        """Says whether the thread could use a turn."""
        return True

    def due(self):
        """Returns when on the clock the thread will be ready by itself; None if that is unknown."""
        return None

    def step(self):
        """Runs the thread's turn; says whether it has ended."""
        try:
            self.work()
        except (Ended, SystemExit):
            pass
        except PASSING:
            raise
        except BaseException as error:
            # What `threading` does at a thread's end fails where an interrupt came in its beginning.
            if isinstance(error.__context__, PASSING):
                raise error.__context__
            self.report(error)
        return True

    def report(self, error):
        """Prints an exception that has left the thread's function, as CPython does."""
        clean(error)
        print(f"Exception ignored in thread started by {self.function!r}:", file=sys.stderr)
        sys.__excepthook__(type(error), error, error.__traceback__)

    def abandon(self):
        """Gives up what has not begun; says whether the thread has ended by that."""
        return True

    def lose(self):
        """Does what else is due where an interrupt has ended the thread."""


class Wait:
    """What a thread waits for while others run on top of it."""

    __slots__ = ("blocked", "deadline", "strand", "where")

    def __init__(self, blocked, deadline, where):
        self.blocked = blocked
        self.deadline = deadline
        self.strand = current
        self.where = where
        """The frame in which it waits, or in words."""

    def can_go_on(self):
        """Says whether the thread would go on if nobody were on top of it."""
        return not self.blocked() or self.is_over()

    def is_over(self):
        """Says whether the time for waiting is over."""
        return self.deadline is not None and monotonic() >= self.deadline


main = Strand()
current = main
line = deque()
daemons = deque()
stack = []
"""Those that have been given a turn and stand below or are `current`, the lowest first."""

everyone = {}
"""All that have been started and have not ended, as keys."""

_idents = 0
_locals.owner = main


def alive():
    """Says whether there is any thread besides the main one."""
    return bool(stack or line or daemons)


def others_can_run():
    """Says whether another thread stands below, or would use a turn."""
    return bool(stack) or _next((line, daemons), False) is not None


def start(strand):
    """Puts a new thread in line."""
    global _idents
    if len(everyone) >= THREADS_MAX:
        raise RuntimeError("can't start new thread")
    if stack:
        _check_depth(FRAMES_FOR_START)
    _idents += 1
    strand.ident = main.ident + _idents * 16
    everyone[strand] = None
    _cell.settle = settle
    strand.credit = -monotonic() if strand.daemon else 0.0
    _enqueue(strand)


def wait(blocked, timeout=None, first=None, where=None):
    """Waits until `blocked()` is false or the seconds are over, and lets others run meanwhile.

    `first` is whose turn comes first. Returns whether what was waited for came in time.
    """
    strand = current
    since, strand.since = strand.since, None
    if not blocked():
        return True
    deadline = None if timeout is None else (monotonic() if since is None else since) + timeout
    waiting = Wait(blocked, deadline, where or sys._getframe(1))
    while True:
        if waiting.is_over():
            return False
        if not blocked():
            return True
        if _ends_or_is_owed(strand, timeout):
            return False
        if give_turn(waiting, first):
            first = None
            continue
        due = next_due()
        if deadline is None and due is None:
            if strand.daemon:
                raise Ended
            raise RuntimeError(_deadlock(waiting))
        _rest(min(each for each in (deadline, due) if each is not None))


def sleeping(seconds, place):
    """Does what other threads do while the running one sleeps; returns the seconds that are left.

    `place` is where in the program. Timers run when they are due. The others get a turn
    if the thread has slept at this place many times in a row and notified nobody: that is
    how a program waits that looks from time to time.
    """
    deadline = monotonic() + seconds
    strand = current
    strand.polls = strand.polls + 1 if strand.place == place else 1
    strand.place = place
    waiting = Wait(lambda: True, deadline, "time.sleep()")
    if _ends_or_is_owed(strand, seconds):
        return 0.0
    if strand.polls > POLLS_MAX:
        give_turn(waiting)
    while not waiting.is_over():
        due = next_due()
        if due is None or due > deadline:
            break
        _rest(due)
        if not give_turn(waiting, timers=True):
            break
    return max(0.0, deadline - monotonic())


def give_turn(waiting, first=None, timers=False, others=(line, daemons)):
    """Runs one thread's turn on top of the running one; says whether there was one to run."""
    if first is not None and (first in line or first in daemons) and first.ready():
        strand = first
    else:
        strand = _next(others, timers)
    if strand is None:
        return False
    _check_depth(FRAMES_FOR_TURN)
    _run(strand, waiting)
    return True


def next_due():
    """Returns when the first of those in line that wait for a time is due; None without any."""
    times = [due for each in (*line, *daemons) if (due := each.due()) is not None]
    return min(times) if times else None


def settle():
    """Lets the threads that are left run, at the end of a cell or of a program.

    Daemon threads come last, each up to where it first waits or sleeps.
    """
    waiting = Wait(lambda: False, None, "the end")
    while give_turn(waiting, others=(line,)) or _rest_until_due(line):
        pass
    while give_turn(waiting):
        pass
    for strand in list(daemons):
        _finish(strand)
    if not line:
        _cell.settle = None


def recover(error):
    """Leaves nothing half done after `error` has ended a cell: an interrupt strikes anywhere.

    Whatever stood on the stack is gone. After a limit or an interrupt nothing that is in
    line is to begin any more.
    """
    waiting = {*line, *daemons}
    for strand in waiting.symmetric_difference(everyone):
        strand.lose()
        _finish(strand)
    stack.clear()
    _switch(main)
    main.since = main.outer = None
    if isinstance(error, PASSING):
        _complete_release(error)
        for strand in (*line, *daemons):
            if strand.abandon():
                _finish(strand)
        _forget_half_started()


def _forget_half_started():
    """Takes threads that an interrupt struck as they were started out of what `threading` lists."""
    threading = sys.modules.get("threading")
    if threading is not None:
        for thread in [*threading._limbo]:
            if all(strand.thread is not thread for strand in everyone):
                threading._limbo.pop(thread, None)


def clean(error):
    """Takes what is not the thread's off an exception: this package's frames, the waiter's exception."""
    from . import _error

    detach(error)
    _error.trim(error)


def detach(error):
    """Cuts what the thread below was handling when it waited off the exception's contexts."""
    outer = current.outer
    for _ in range(CONTEXTS_MAX):
        if error is None or outer is None:
            return
        if error.__context__ is outer:
            error.__context__ = None
        error = error.__context__


def put_in_line(strand):
    """Puts a strand in line that is no thread of its own but the going on of one."""
    line.append(strand)


def take_out(strand):
    """Takes a strand out of line, wherever it is."""
    for each in (line, daemons):
        if strand in each:
            each.remove(strand)


def _enqueue(strand):
    (daemons if strand.daemon else line).append(strand)


def _next(others, timers):
    """Returns whose turn it is: the oldest one that is ready."""
    for each in others:
        for strand in each:
            if (not timers or strand.due() is not None) and strand.ready():
                return strand
    return None


def _run(strand, waiting):
    """Runs a strand's turn."""
    previous = current
    loop = _leave_loop()
    strand.below = waiting
    strand.outer = sys.exception()
    if strand.credit < 0:
        strand.credit += monotonic()
    # In this order, and undone in the other one, so that an interrupt finds it here or there.
    stack.append(strand)
    take_out(strand)
    ended = True
    try:
        _switch(strand.host)
        ended = strand.step()
    except PASSING as error:
        _complete_release(error)  # now, for what stands below may use the lock as it ends
        raise
    finally:
        _switch(previous)
        strand.below = strand.outer = None
        if ended:
            _finish(strand)
        else:
            _enqueue(strand)
        del stack[stack.index(strand) :]
        _enter_loop(loop)


def _switch(strand):
    """Makes the strand the current one."""
    global current
    current = strand
    if _locals.owner is not strand:
        _locals.switch(strand)


def _finish(strand):
    """Marks a thread as ended, and forgets it; may be called again."""
    take_out(strand)
    _locals.forget(strand)
    if strand.handle is not None:
        strand.handle._set_done()
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._active.pop(strand.ident, None)
        threading._limbo.pop(strand.thread, None)
    everyone.pop(strand, None)


def _complete_release(error):
    from ._locks import complete_release

    complete_release(error)


def _leave_loop():
    """Sets the running event loop aside, for a thread on top has none; returns what it was."""
    asyncio = sys.modules.get("_asyncio")
    loop = None if asyncio is None else asyncio._get_running_loop()
    if loop is None:
        return None
    task = asyncio._swap_current_task(loop, None)
    asyncio._set_running_loop(None)
    return asyncio, loop, task


def _enter_loop(left):
    """Puts back what `_leave_loop` returned."""
    if left is not None:
        asyncio, loop, task = left
        asyncio._set_running_loop(loop)
        asyncio._swap_current_task(loop, task)


def _ends_or_is_owed(strand, seconds):
    """Ends a daemon thread that is about to wait while the one below could go on.

    Says whether these seconds (None for ever) are over already, because the thread has
    been in line for as long.
    """
    if not strand.daemon or strand.below is None or not strand.below.can_go_on():
        return False
    if seconds is None or seconds > strand.credit:
        raise Ended
    strand.credit -= seconds
    return True


def _rest(time):
    """Waits until that time on the host's clock."""
    left = time - monotonic()
    if left > 0:
        _exuvia.sleep(left)


def _rest_until_due(strands):
    """Waits until the first of these is due; says whether one will be."""
    times = [due for each in strands if (due := each.due()) is not None]
    if times:
        _rest(min(times))
    return bool(times)


def _check_depth(frames):
    """Raises RecursionError unless so many calls are left."""
    frame, left = sys._getframe(), sys.getrecursionlimit() - frames
    while frame is not None and left > 0:
        frame = frame.f_back
        left -= 1
    if frame is not None:
        raise RecursionError("maximum recursion depth exceeded: threads run on top of those that wait for them")


def _deadlock(waiting):
    """Returns what to say of a wait that nobody can end."""
    from ._deadlock import explain

    below = [each.below for each in reversed(stack) if each.below.strand is not waiting.strand]
    return explain(waiting, below)
