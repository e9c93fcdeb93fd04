"""What was frozen with the image and belongs to one sandbox.

    {"argv": [str], "env": {str: str}, "cwd": path or null, "isolated_path": [str], "recursion": int, "tools": [name]}

Every key may be absent, and then that part stays as it is. `env` replaces the
environment; `isolated_path` is put into `sys.path` behind the program's own
place, as `PYTHONPATH` is. (The state of `random` is the sandbox's own already:
the host writes it into memory.)
"""

import json
import os
import sys


def configure(data):
    """Applies the request; returns None."""
    request = json.loads(data) if data else {}
    if request.get("argv") is not None:
        sys.argv[:] = request["argv"]
    if request.get("env") is not None:
        _set_environment(request["env"])
    if request.get("cwd") is not None:
        os.chdir(request["cwd"])
    if request.get("isolated_path"):
        place = 1 if sys.path and sys.path[0] == "" else 0
        sys.path[place:place] = request["isolated_path"]
    if request.get("recursion") is not None:
        sys.setrecursionlimit(request["recursion"])
    if request.get("tools"):
        from . import _tools

        _tools.declare(request["tools"])
    _restart_clocks()
    return None


def _set_environment(variables):
    """Replaces the environment, `posix.environ` and the C library's included."""
    os.environ.clear()
    os.environ.update(variables)


def _restart_clocks():
    """Lets what counts from the start of the program count from now."""
    logging = sys.modules.get("logging")
    if logging is not None:
        import time

        logging._startTime = time.time_ns()
