"""Preparing the interpreter, once, when the image is built.

After `boot()` the interpreter is what `python` would give a program, but for the
sandbox's own clock, limits and event loop; then its memory is frozen. `site` is
not imported (`sys.flags.no_site`), and files named `*.pth` are not read. The
warning filters are those that CPython starts with by itself.
"""

import _signal
import builtins
import importlib
import os
import sys
import time
import types
from _operator import index

import _exuvia

from . import OutputLimit, TimeLimit, _frames, _locks, _processes, _strands, _threads
from ._seal import seal

EXECUTABLE = "/usr/bin/python3"
PREFIX = "/usr"
SITE_PACKAGES = "/usr/lib/python3.14/site-packages"
SLEEP_SECONDS_MAX = (1 << 63) / 1e9
TIME_SIGNAL = 24
OUTPUT_SIGNAL = 25

CREDITS = """\
Thanks to CWI, CNRI, BeOpen, Zope Corporation, the Python Software
Foundation, and a cast of thousands for supporting Python
development.  See www.python.org for more information."""


WARM_ROUNDS = 32
WARM_CELLS = (b"_0 = 1", b"_0 = _0 + 1", b"_0", b"'a'", b"del _0")


def boot(preload=()):
    """Prepares everything; to be called once, before the image is frozen.

    `preload` names modules to import now, so that no sandbox has to load them.
    """
    _set_paths()
    _set_streams()
    _set_builtins()
    _set_signals()
    _threads.install()
    _set_sleep()
    _processes.install(os)
    _frames.install()
    seal()
    from . import _complete, _configure, _entry, _error, _script, _tools, _value  # noqa: F401

    for name in preload:
        importlib.import_module(name)
    if "asyncio" in sys.modules:
        from . import _parallel, _task  # noqa: F401
    _warm_up(_entry.enter)
    _forget_finders()


def _warm_up(enter):
    """Runs short cells until the interpreter has specialised the code that runs them.

    It rewrites bytecode as it learns; what it has learnt before the freeze is
    written by no sandbox, and the pages stay shared.
    """
    from . import _cell

    for _ in range(WARM_ROUNDS):
        for source in WARM_CELLS:
            enter(0, source)
    _cell.reset()


def _forget_finders():
    """Forgets what the importer has seen of folders that are not the library's.

    Packages may be there in a sandbox that were not there when the image was made.
    It looks into a folder again when its time has changed, and the time of a
    sandbox's own folder may be that of the image's.
    """
    library = os.path.dirname(os.__file__)
    for path in list(sys.path_importer_cache):
        if path == SITE_PACKAGES or path != library and not path.startswith(library + "/"):
            del sys.path_importer_cache[path]


def _set_paths():
    """Sets where the interpreter seems to be installed, and what it imports from.

    The first place is the working directory, as in an interactive interpreter.
    """
    sys.executable = sys._base_executable = EXECUTABLE
    for name in ("prefix", "exec_prefix", "base_prefix", "base_exec_prefix"):
        setattr(sys, name, PREFIX)
    path = [entry for entry in sys.path if entry not in ("", SITE_PACKAGES)]
    sys.path[:] = ["", *path, SITE_PACKAGES]


def _set_streams():
    """Makes the output line-buffered, so that it is seen in time and in order."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(line_buffering=True, write_through=False)


def _set_builtins():
    """Adds what `site` gives: help, exit, quit, copyright, credits, license."""
    import _sitebuiltins

    class Quitter(_sitebuiltins.Quitter):
        """As `site`'s, but it leaves standard input open for the session's later cells."""

        def __call__(self, code=None):
            raise SystemExit(code)

    class Helper(_sitebuiltins._Helper):
        """As `site`'s; of a tool it also shows the long help."""

        def __call__(self, *args, **kwds):
            from . import _tools

            result = super().__call__(*args, **kwds)
            if len(args) == 1 and (text := _tools.further_help(args[0])):
                print(text)
            return result

    for made, name in ((Quitter, "Quitter"), (Helper, "_Helper")):
        made.__module__ = "_sitebuiltins"
        made.__qualname__ = name
    printer = _sitebuiltins._Printer
    builtins.quit = Quitter("quit", "Ctrl-D (i.e. EOF)")
    builtins.exit = Quitter("exit", "Ctrl-D (i.e. EOF)")
    builtins.help = Helper()
    builtins.copyright = printer("copyright", sys.copyright)
    builtins.credits = printer("credits", CREDITS)
    directory = os.path.dirname(os.__file__)
    directories = [os.path.join(directory, os.pardir), directory, os.curdir]
    builtins.license = printer(
        "license",
        "See https://www.python.org/psf/license/",
        ["LICENSE.txt", "LICENSE"],
        directories,
    )


def _set_signals():
    """Installs the handlers by which the host raises an exception in the running program."""
    _signal.signal(TIME_SIGNAL, _on_time_limit)
    _signal.signal(OUTPUT_SIGNAL, _on_output_limit)
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    _signal.set_wakeup_fd = _refuse_wakeup
    signal = sys.modules.get("signal")
    if signal is not None:
        signal.set_wakeup_fd = _refuse_wakeup


def _on_time_limit(_number, frame):
    """Raises `TimeLimit` where the program is."""
    raise _noted(TimeLimit(_exuvia.limit()), frame)


def _on_output_limit(_number, frame):
    """Raises `OutputLimit` where the program is."""
    raise _noted(OutputLimit(_exuvia.limit()), frame)


def _noted(limit, frame):
    """Returns the limit, after telling the event loop of it if one is running.

    A lock that is just being released is released: whatever ends now may want it.
    """
    if frame is not None:
        _locks.complete_release_in(frame)
    loop = sys.modules.get("exuvia._loop")
    if loop is not None:
        loop.note_limit(limit)
    return limit


def _refuse_wakeup(fd, *, warn_on_full_buffer=True):
    """Stands for `signal.set_wakeup_fd`: there is nothing that could be woken by a descriptor."""
    raise NotImplementedError("signal.set_wakeup_fd is not available in the sandbox")


def _set_sleep():
    """Replaces `time.sleep` by one on the host's clock.

    It is a bound method, for like the built-in it must not bind again where a
    class has it as an attribute.
    """
    real = time.sleep
    monotonic = time.monotonic

    def sleep(module, seconds, /):
        """sleep(seconds)

        Delay execution for a given number of seconds.  The argument may be
        a floating-point number for subsecond precision."""
        kind = type(seconds)
        if kind is not float and kind is not int:
            if isinstance(seconds, float):
                seconds = float.__float__(seconds)
            elif hasattr(kind, "__index__"):
                seconds = index(seconds)
            else:
                return real(seconds)  # raises
        if not 0 <= seconds < SLEEP_SECONDS_MAX:
            return real(seconds)  # raises: negative, not a number, or too large
        if _strands.stack or _strands.line or _strands.daemons:
            caller = sys._getframe(1)
            seconds = _strands.sleeping(seconds, (caller.f_code, caller.f_lasti))
        deadline = monotonic() + seconds
        _exuvia.sleep(float(seconds))
        # A signal whose handler raises nothing does not end the sleep.
        while (left := deadline - monotonic()) > 0:
            _exuvia.sleep(left)

    time.sleep = types.MethodType(sleep, time)
