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

Tools are functions of the host: `exuvia.tools` has them, and the session's
cells see them by name. One that fails raises

    ToolError          with `hint` (what to do about it) and `retry` (whether
                       the same call may succeed later)
      ToolTimeout      it did not end in time (a TimeoutError as well)
      ToolInterrupted  it is not known how far it got

or, for arguments that it does not take, TypeError; for a call that is not
allowed, PermissionError. `parallel(function, items)` calls tools for many
things at a time.
Everything in this package can be read and changed by the program: the host
takes nothing that comes out of it on trust.
"""

__all__ = [
    "Limit",
    "OutputLimit",
    "TimeLimit",
    "ToolError",
    "ToolInterrupted",
    "ToolTimeout",
    "parallel",
]


class Limit(BaseException):
    """A limit of the sandbox was exceeded; the text says which, value then limit."""


class TimeLimit(Limit):
    """The cell ran longer than it may."""


class OutputLimit(Limit):
    """The cell wrote more to its output than it may."""


class ToolError(Exception):
    """A tool failed."""

    def __init__(self, message="", hint=None, retry=False):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retry = retry

    def __str__(self):
        return self.message if self.hint is None else f"{self.message} (hint: {self.hint})"


class ToolTimeout(ToolError, TimeoutError):
    """A tool did not end in time."""


class ToolInterrupted(ToolError):
    """It is not known how far a call of a tool got."""


def __getattr__(name):
    if name == "parallel":
        from ._parallel import parallel

        return parallel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
