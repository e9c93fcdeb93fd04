"""What a program inside the sandbox may import from Exuvia itself.

A limit reaches the program as a Python exception first. The classes derive
from `BaseException`, so that a bare `except Exception` does not swallow them
by accident:

    Limit              any limit of the sandbox
      TimeLimit        the cell ran longer than it may
      OutputLimit      the cell wrote more than it may

Memory has no class of its own: CPython raises `MemoryError` by itself when an
allocation fails. A cancelled cell gets `KeyboardInterrupt`, as after Ctrl-C.

A program that catches a limit gets a short grace (for its `finally` blocks);
after that the host stops the sandbox from outside, whatever the program does.
Everything in this package can be read and changed by the program: the host
takes nothing that comes out of it on trust.
"""

__all__ = ["Limit", "OutputLimit", "TimeLimit"]


class Limit(BaseException):
    """A limit of the sandbox was exceeded; the text says which, value then limit."""


class TimeLimit(Limit):
    """The cell ran longer than it may."""


class OutputLimit(Limit):
    """The cell wrote more to its output than it may."""
