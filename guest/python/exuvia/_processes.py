"""What a program is told that wants another process: that there is none, and what to do.

`os` calls what is refused by the C library, with an errno or (`os.system`) a status
that say little; `subprocess` and `multiprocessing` find out in ways of their own.
The classes of the exceptions are those that programs expect where there are no processes.
"""

import errno
import functools
import posix

from ._network import saying

MESSAGE = "the sandbox has no processes: its host can lend a tool that runs a program"
CALLS = "system fork execv execve wait wait3 wait4 waitpid".split()
STARTERS = (
    "Array Barrier BoundedSemaphore Condition Event JoinableQueue Lock Manager Pipe Pool Queue RLock Semaphore"
    " SimpleQueue Value"
).split()
"""What `multiprocessing` makes of parts that are not there."""

refusal = functools.partial(OSError, errno.ENOTSUP)


def install(os):
    """Makes the calls of `os` that need a process say that there is none."""
    for name in CALLS:
        there = getattr(posix, name, None)
        if there is not None:
            refused = _refused(there)
            setattr(posix, name, refused)
            setattr(os, name, refused)


def _refused(function):
    """Returns a function of the same name that refuses."""

    def refuse(*_arguments, **_options):
        raise refusal(MESSAGE)

    refuse.__name__ = refuse.__qualname__ = function.__name__
    refuse.__module__ = function.__module__
    refuse.__doc__ = function.__doc__
    return refuse


def subprocess(module, execute):
    """Changes `subprocess`: a Popen refuses."""
    execute(module)
    module.Popen.__init__ = saying(module.Popen.__init__, OSError, refusal, MESSAGE)


def multiprocessing_process(module, execute):
    """Changes `multiprocessing.process`: a Process refuses to start."""
    execute(module)
    module.BaseProcess.start = saying(module.BaseProcess.start, ImportError, refusal, MESSAGE)


def multiprocessing_context(module, execute):
    """Changes `multiprocessing.context`: what processes share is refused."""
    execute(module)
    for name in STARTERS:
        made = getattr(module.BaseContext, name)
        setattr(module.BaseContext, name, saying(made, ImportError, refusal, MESSAGE))


def process_pool(module, execute):
    """Changes `concurrent.futures.process`: its pool refuses."""
    execute(module)
    module._check_system_limits = saying(
        module._check_system_limits, NotImplementedError, NotImplementedError, MESSAGE
    )
