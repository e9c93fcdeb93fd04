"""Imports every standard module, one line each: its name, or how it failed.

The oracle's answer is kept as ``modules.txt`` (what imports) and
``modules_missing.txt`` (what does not, with the error).
"""

import importlib
import io
import pkgutil
import sys
import warnings

# These open a browser, print a poem, or need a screen.
SKIPPED = {"antigravity", "this", "idlelib", "turtledemo", "tkinter", "turtle", "__phello__"}
# These run a program when they are imported.
PROGRAMS = ("__main__", "idlelib", "lib2to3", "test")


def attempt(name):
    stdout, stderr = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        importlib.import_module(name)
    except BaseException as error:
        return f"{name}\t{type(error).__name__}: {error}"
    finally:
        sys.stdout, sys.stderr = stdout, stderr
    return name


def submodules(name):
    """Names below a package that did import."""
    path = getattr(sys.modules.get(name), "__path__", None)
    for found in pkgutil.iter_modules(path, f"{name}.") if path else ():
        if not any(part in PROGRAMS for part in found.name.split(".")):
            yield found.name


def main():
    warnings.simplefilter("ignore")
    waiting = sorted(sys.stdlib_module_names - SKIPPED, reverse=True)
    while waiting:
        name = waiting.pop()
        print(attempt(name))
        waiting.extend(sorted(submodules(name), reverse=True))


main()
