"""Stands for the host: a `_exuvia` with a clock of its own, and calls of `enter`."""

import contextlib
import io
import json
import sys
import time
import types
import unittest


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 1000.0
        self.sleeps = []
        self.on_sleep = None

    def sleep(self, seconds):
        """Moves the clock; `on_sleep`, if set, is called once and returns how long it lasts."""
        self.sleeps.append(seconds)
        hook, self.on_sleep = self.on_sleep, None
        self.now += seconds if hook is None else hook()


clock = Clock()


def install():
    """Puts the stand-in in place of the host and of Pyodide's own arrangements, and boots."""
    module = types.ModuleType("_exuvia")
    module.sleep = clock.sleep
    module.limit = lambda: "cell 4 ran for 30.2 s, the limit is 30 s"
    sys.modules["_exuvia"] = module
    time.monotonic = lambda: clock.now
    import _asyncio

    _asyncio._set_running_loop(None)
    time.sleep = getattr(time.sleep, "__wrapped__", time.sleep)
    # What has taken the names that booting replaces is imported anew.
    again = ("asyncio", "_asyncio", "threading", "queue", "concurrent", "logging")
    for name in [name for name in sys.modules if name.partition(".")[0] in again]:
        del sys.modules[name]
    sys.meta_path[:] = [each for each in sys.meta_path if "pyodide" not in each.__module__]
    from exuvia import _boot

    _boot.boot(preload=["asyncio"])


def enter(op, data=b""):
    """Calls `enter`; returns the decoded answer."""
    from exuvia import _entry

    if isinstance(data, str):
        data = data.encode()
    elif not isinstance(data, bytes):
        data = json.dumps(data).encode()
    answer = _entry.enter(op, data)
    assert answer is None or type(answer) is bytes, answer
    return None if answer is None else json.loads(answer)


def cell(source):
    """Runs a cell."""
    return enter(0, source)


def value(source):
    """Runs a cell; returns the repr of its value."""
    answer = cell(source)
    if answer is not None and "value" not in answer:
        raise AssertionError(answer.get("error", {}).get("traceback", answer))
    return answer and answer["value"]["repr"]


class Streams:
    """Replaces standard output and error inside a `with`; `out` and `err` have what was written."""

    def __enter__(self):
        self.kept = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self._out, self._err = io.StringIO(), io.StringIO()
        return self

    def __exit__(self, *_):
        sys.stdout, sys.stderr = self.kept
        self.out, self.err = self._out.getvalue(), self._err.getvalue()


def finishing():
    """Returns a context in which a program may be finished: afterwards threads can start again."""
    import concurrent.futures.thread
    import threading
    from unittest.mock import patch

    stack = contextlib.ExitStack()
    for owner, name in (
        (threading, "_SHUTTING_DOWN"),
        (threading.main_thread()._os_thread_handle, "_done"),
        (concurrent.futures.thread, "_shutdown"),
    ):
        stack.enter_context(patch.object(owner, name, False))
    return stack


def run(names):
    """Boots and runs the tests of these names (all if there are none); returns how many failed."""
    import glob
    import os

    install()
    found = sorted(os.path.basename(path)[:-3] for path in glob.glob("/exuvia-tests/test_*.py"))
    chosen = [name for name in found if not names or name[5:] in names]
    suite = unittest.defaultTestLoader.loadTestsFromNames(chosen)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    return len(result.failures) + len(result.errors) + (not chosen)
