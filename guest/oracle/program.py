"""Runs one program the way ``python file.py`` would, inside the oracle's interpreter.

The oracle keeps one interpreter for many programs, so whatever a program may
have changed globally is put back afterwards (``--isolate`` needs none of that).
"""

import asyncio
import asyncio.runners
import atexit
import builtins
import decimal
import gc
import os
import random
import shutil
import sys
import time
import types
import warnings

from pyodide import webloop

from oracle.loop import VirtualClockLoop

WORK_FOLDER = "/home/case"


def install_event_loop():
    """Makes ``asyncio.run`` and ``time.sleep`` CPython's own again.

    The event loop's waits take no time.
    """

    class Policy(asyncio.events._AbstractEventLoopPolicy):
        _loop = None

        def get_event_loop(self):
            if self._loop is None:
                raise RuntimeError("There is no current event loop in thread 'MainThread'.")
            return self._loop

        def set_event_loop(self, loop):
            self._loop = loop

        def new_event_loop(self):
            return VirtualClockLoop()

    asyncio.run = asyncio.runners.run
    asyncio.events._set_event_loop_policy(Policy())
    time.sleep = webloop._orig_sleep


class Baseline:
    """What is put back after each program."""

    def __init__(self):
        self.environ = dict(os.environ)
        self.path = list(sys.path)
        self.filters = list(warnings.filters)
        self.recursion_limit = sys.getrecursionlimit()
        self.builtins = dict(vars(builtins))
        self.digits = sys.get_int_max_str_digits()
        self.hooks = (sys.excepthook, sys.displayhook, sys.unraisablehook, sys.breakpointhook)
        self.stdin = sys.stdin

    def restore(self):
        os.environ.clear()
        os.environ.update(self.environ)
        sys.path[:] = self.path
        sys.argv[:] = [""]
        warnings.resetwarnings()
        warnings.filters[:] = self.filters
        sys.setrecursionlimit(self.recursion_limit)
        sys.set_int_max_str_digits(self.digits)
        names = vars(builtins)
        names.update(self.builtins)
        for added in names.keys() - self.builtins.keys():
            del names[added]
        sys.excepthook, sys.displayhook, sys.unraisablehook, sys.breakpointhook = self.hooks
        sys.stdin, sys.stdout, sys.stderr = self.stdin, sys.__stdout__, sys.__stderr__
        sys.settrace(None)
        sys.setprofile(None)
        gc.enable()
        decimal.setcontext(decimal.Context(prec=28, traps=decimal.DefaultContext.traps))
        random.seed()
        self.forget_program_modules()
        self.reset_logging()

    def forget_program_modules(self):
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None) or ""
            if file.startswith(WORK_FOLDER):
                del sys.modules[name]
        sys.path_importer_cache.clear()

    def reset_logging(self):
        logging = sys.modules.get("logging")
        if logging is None:
            return
        root = logging.getLogger()
        for handler in list(root.handlers):
            root.removeHandler(handler)
        root.setLevel(logging.WARNING)
        logging.Logger.manager.loggerDict.clear()
        logging.disable(logging.NOTSET)
        logging.captureWarnings(False)


def fresh_work_folder():
    os.chdir("/")
    shutil.rmtree(WORK_FOLDER, ignore_errors=True)
    os.makedirs(WORK_FOLDER)
    os.chdir(WORK_FOLDER)


def exit_status(code):
    """The process status that ``SystemExit(code)`` asks for."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def execute(source, name, namespace):
    try:
        exec(compile(source, name, "exec", dont_inherit=True), namespace)
    except SystemExit as stop:
        return exit_status(stop.code)
    except BaseException:
        kind, error, trace = sys.exc_info()
        # The first frame is this file's.
        sys.excepthook(kind, error, trace.tb_next if trace else None)
        return 1
    return 0


def run_program(baseline, source, name, arguments):
    """Runs ``source`` as ``__main__`` in an empty folder and returns its exit status."""
    fresh_work_folder()
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    main.__file__ = name
    previous = sys.modules["__main__"]
    sys.modules["__main__"] = main
    sys.argv[:] = [name, *arguments]
    outer_loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        status = execute(source, name, vars(main))
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            try:
                stream.flush()
            except (AttributeError, ValueError):
                pass
        return status
    finally:
        asyncio._set_running_loop(outer_loop)
        sys.modules["__main__"] = previous
        baseline.restore()
