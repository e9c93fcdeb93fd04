"""What can be imported, and what changes when it is.

Pyodide's build has modules that reach for a JavaScript engine, in C and in its
archive of the standard library. There is none here: importing them says that
there is no such module, and `importlib.util.find_spec` finds nothing. The same
goes for the C part of `ctypes`, which needs an engine that makes functions while
it runs: programs know how to do without it where there is none. A program
can get around this; then it reaches host functions that refuse.
"""

import sys
from importlib.machinery import BuiltinImporter
from importlib.machinery import PathFinder as _PathFinder

from . import _absent, _network, _packages, _processes

DENIED = frozenset(("js", "pyodide_js", "_pyodide_core", "_pyodide", "pyodide", "_ctypes"))


class Builtins(BuiltinImporter):
    """The importer of built-in modules, without the denied ones."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        """Returns the module's spec, or None."""
        if fullname in DENIED:
            return None
        return BuiltinImporter.find_spec(fullname, path, target)


class PathFinder(_PathFinder):
    """The importer of modules along `sys.path`, without the denied ones."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        """Returns the module's spec, or None."""
        if fullname in DENIED:
            return None
        spec = _PathFinder.find_spec(fullname, path, target)
        if fullname in CHANGED and spec is not None and spec.loader is not None:
            spec.loader = _Changing(spec.loader)
        return spec


class _Changing:
    """A loader that lets another one load a module, and makes a change to that."""

    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        """Creates the module as the other loader does."""
        return self.loader.create_module(spec)

    def exec_module(self, module):
        """Executes the module with its change, and takes itself away."""
        module.__spec__.loader = module.__loader__ = self.loader
        CHANGED[module.__name__](module, self.loader.exec_module)


def _asyncio(module, execute):
    execute(module)
    from . import _loop

    _loop.install(module)


def _socket(module, execute):
    execute(module)
    _network.change(module)


CHANGED = {
    "asyncio.unix_events": _asyncio,
    "concurrent.futures.process": _processes.process_pool,
    "ctypes": _absent.ctypes,
    "multiprocessing.context": _processes.multiprocessing_context,
    "multiprocessing.process": _processes.multiprocessing_process,
    "socket": _socket,
    "ssl": _absent.ssl,
    "subprocess": _processes.subprocess,
    "sympy.external.gmpy": _packages.sympy,
    "urllib3.contrib.emscripten": _packages.urllib3,
}
"""Modules that are changed when they are imported, and how: each function is given the module and what executes it."""


def seal():
    """Puts the two importers in place and forgets denied modules; may be called again."""
    importers = {BuiltinImporter: Builtins, _PathFinder: PathFinder}
    sys.meta_path[:] = [importers.get(each, each) for each in sys.meta_path]
    for name in [name for name in sys.modules if name.partition(".")[0] in DENIED]:
        del sys.modules[name]
    for name, change in CHANGED.items():
        if name in sys.modules:
            change(sys.modules[name], lambda module: None)
