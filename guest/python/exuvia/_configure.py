"""What was frozen with the image and belongs to one sandbox.

    {"argv": [str], "env": {str: str}, "cwd": path or null, "isolated_path": [str], "seed": bool}

Every key may be absent, and then that part stays as it is. `env` replaces the
environment; `isolated_path` is put into `sys.path` behind the program's own
place, as `PYTHONPATH` is. `seed` draws new state from `os.urandom` for every
generator that was seeded when the image was built.
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
    if request.get("seed"):
        _seed()
        _restart_clocks()
    return None


def _set_environment(variables):
    """Replaces the environment, `posix.environ` and the C library's included."""
    os.environ.clear()
    os.environ.update(variables)


def _seed():
    """Gives the generators that are already there a state of this sandbox's own."""
    random = sys.modules.get("random")
    if random is not None:
        random.seed()
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:
        tempfile._name_sequence = None
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def _restart_clocks():
    """Lets what counts from the start of the program count from now."""
    logging = sys.modules.get("logging")
    if logging is not None:
        import time

        logging._startTime = time.time_ns()
