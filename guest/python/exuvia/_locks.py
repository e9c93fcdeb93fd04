"""The locks, handles and queues of `_thread` and `_queue`, for threads that take turns.

They do what the ones in C do. Nothing runs between two bytecodes of one thread, so a
lock is a flag. Where one would block, `_strands.wait` lets other threads run. What is
wrong with an argument is for the real one to say.
"""

import _queue
import _thread
from collections import deque

from . import _strands
from ._strands import wait

ENTRIES = 3
"""Innermost entries of a traceback among which is the function that was struck: behind it come handlers."""

_judge = _thread.allocate_lock()
"""A real lock, always free: it says what is wrong with the arguments of `acquire`."""


def _patience(blocking, timeout):
    """Returns whether to wait, and how many seconds (None for ever); raises as the real one."""
    _judge.acquire(blocking, timeout)
    _judge.release()
    return bool(blocking), None if timeout == -1 else float(timeout)


class lock:
    """A lock that any thread may release."""

    __slots__ = ("_held", "__weakref__")

    def __init__(self):
        self._held = False

    def __init_subclass__(cls):
        raise TypeError("type '_thread.lock' is not an acceptable base type")

    def acquire(self, blocking=True, timeout=-1):
        """Takes the lock; returns whether that was possible."""
        if blocking is not True or timeout != -1:
            blocking, timeout = _patience(blocking, timeout)
        else:
            timeout = None
        if self._held and not (blocking and wait(self.locked, timeout)):
            return False
        self._held = True
        return True

    def release(self):
        """Frees the lock, which any thread may do."""
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False

    def locked(self):
        """Says whether somebody holds the lock."""
        return self._held

    def __enter__(self):
        if self._held:
            wait(self.locked)
        self._held = True
        return True

    def __exit__(self, *_):
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False

    def _is_owned(self):
        """Answers a `Condition` that notifies or is about to wait: whoever notifies does not poll."""
        _strands.current.polls = 0
        return self._held

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def _at_fork_reinit(self):
        self._held = False

    def __repr__(self):
        return f"<{'locked' if self._held else 'unlocked'} _thread.lock object at {id(self):#x}>"

    def __reduce_ex__(self, _protocol):
        raise TypeError("cannot pickle '_thread.lock' object")


class RLock:
    """A lock that its owner may take again."""

    __slots__ = ("_owner", "_count", "__weakref__")

    def __new__(cls, *_args, **_kwargs):
        self = object.__new__(cls)
        self._owner = None
        self._count = 0
        return self

    def __init__(self, *_args, **_kwargs):
        pass

    def acquire(self, blocking=True, timeout=-1):
        """Takes the lock once more; returns whether that was possible."""
        if blocking is not True or timeout != -1:
            blocking, timeout = _patience(blocking, timeout)
        else:
            timeout = None
        strand = _strands.current
        if self._owner is not strand:
            if self._count and not (blocking and wait(self.locked, timeout)):
                return False
            self._owner = strand
        self._count += 1
        return True

    def __enter__(self):
        strand = _strands.current
        if self._owner is not strand:
            if self._count:
                wait(self.locked)
            self._owner = strand
        self._count += 1
        return True

    def release(self):
        """Gives the lock back once; only its owner may."""
        if self._owner is not _strands.current:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = None

    def __exit__(self, *_):
        if self._owner is not _strands.current:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = None

    def locked(self):
        """Says whether somebody holds the lock."""
        return self._count > 0

    def _is_owned(self):
        """Answers a `Condition` that notifies or is about to wait: whoever notifies does not poll."""
        strand = _strands.current
        strand.polls = 0
        return self._owner is strand

    def _recursion_count(self):
        return self._count if self._owner is _strands.current else 0

    def _release_save(self):
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        saved = self._count, self._owner
        self._count, self._owner = 0, None
        return saved

    def _acquire_restore(self, saved):
        if self._count:
            wait(self.locked)
        self._count, self._owner = saved

    def _at_fork_reinit(self):
        self._count, self._owner = 0, None

    def __repr__(self):
        state = "locked" if self._count else "unlocked"
        owner = self._owner.ident if self._owner else 0
        return (
            f"<{state} {type(self).__module__}.{type(self).__qualname__} object"
            f" owner={owner} count={self._count} at {id(self):#x}>"
        )

    def __reduce_ex__(self, _protocol):
        raise TypeError(f"cannot pickle '{type(self).__module__}.{type(self).__name__}' object")


class _ThreadHandle:
    """What `threading` holds of a thread: its number, and whether it has ended."""

    __slots__ = ("ident", "_strand", "_done", "__weakref__")

    def __init__(self):
        self.ident = 0
        self._strand = None
        self._done = False

    def join(self, timeout=None):
        """Waits until the thread has ended, or for some seconds."""
        if not self.ident:
            raise RuntimeError("thread not started")
        if self._done:
            return
        if self._strand is _strands.current:
            raise RuntimeError("Cannot join current thread")
        if timeout is not None:
            timeout = _patience(True, timeout if timeout >= 0 else -1)[1]
        wait(self._is_running, timeout, self._strand)

    def is_done(self):
        """Says whether the thread has ended."""
        return self._done

    def _is_running(self):
        return not self._done

    def _set_done(self):
        self._done = True

    def __repr__(self):
        return f"<_thread._ThreadHandle object: ident={self.ident}>"


class SimpleQueue(_queue.SimpleQueue):
    """The queue in C, with a `get` that lets other threads run."""

    __slots__ = ()

    def get(self, block=True, timeout=None):
        """Takes the next item out; waits for one if there is none."""
        if not block or not self.empty():
            return super().get(block, timeout)
        if timeout is not None and timeout <= 0:
            return super().get(True, timeout)  # raises
        if not wait(self.empty, timeout):
            raise _queue.Empty
        return super().get(False)


def complete_release(error):
    """Frees the lock whose `__exit__` or `release` the exception has struck before it did anything.

    A check comes as a function begins, so a `with` that an interrupt ends may leave its
    lock held: without this one of the library's own might be, for all cells to come.
    """
    frames = deque(maxlen=ENTRIES)
    entry = error.__traceback__
    while entry is not None:
        frames.append(entry.tb_frame)
        entry = entry.tb_next
    for frame in reversed(frames):
        if complete_release_in(frame):
            break


def complete_release_in(frame):
    """Does the same for a frame that is about to end by an exception; says whether it was one such."""
    if frame.f_code not in _RELEASING and frame.f_code.co_qualname != "Condition.__exit__":
        return False
    names = frame.f_locals
    held = names.get("self")
    held = getattr(held, "_lock", held)
    names["self"] = None  # once is enough, and the exception may come by again
    if isinstance(held, RLock):
        held._count = max(0, held._count - 1)
        held._owner = held._owner if held._count else None
    elif isinstance(held, lock):
        held._held = False
    return True


_RELEASING = [each.__code__ for each in (lock.release, lock.__exit__, RLock.release, RLock.__exit__)]

for _each in (lock, RLock, _ThreadHandle):
    _each.__module__ = "_thread"
SimpleQueue.__module__ = "_queue"
del _each
