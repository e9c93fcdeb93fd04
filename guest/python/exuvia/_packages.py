"""Packages that take this platform for another one, and what is changed in them.

urllib3 (and so requests) takes a Python on Emscripten for one in a browser, and
would reach for JavaScript. Here it is told nothing of that, and connects as
elsewhere: by sockets, which say that there are none.

sympy asks `ctypes` for the size of C's `long`, and for nothing else.
"""

import sys
import types

LONG_BYTES = 4
"""The size of C's `long` on this platform."""


def urllib3(module, execute):
    """Makes the part of urllib3 for browsers one that does nothing."""
    module.inject_into_urllib3 = lambda: None


def sympy(module, execute):
    """Executes sympy's module for numbers with the little of `ctypes` that it needs."""
    stand_in = types.ModuleType("ctypes")
    stand_in.c_long = int
    stand_in.sizeof = lambda kind: LONG_BYTES
    before = sys.modules.get("ctypes")
    sys.modules["ctypes"] = stand_in
    try:
        execute(module)
    finally:
        if before is None:
            sys.modules.pop("ctypes", None)
        else:
            sys.modules["ctypes"] = before
