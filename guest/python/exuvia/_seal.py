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

DENIED = frozenset(("js", "pyodide_js", "_pyodide_core", "_pyodide", "pyodide", "_ctypes"))

ASYNCIO = "asyncio.unix_events"
"""The module that chooses asyncio's event loop: it is given ours when it is imported."""


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
        if fullname == ASYNCIO and spec is not None and spec.loader is not None:
            spec.loader = _Asyncio(spec.loader)
        return spec


class _Asyncio:
    """A loader that lets another one load asyncio's choice of loop, and then changes it."""

    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        """Creates the module as the other loader does."""
        return self.loader.create_module(spec)

    def exec_module(self, module):
        """Executes the module, takes itself away again, and installs our loop."""
        module.__spec__.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        from . import _loop

        _loop.install(module)


def seal():
    """Puts the two importers in place and forgets denied modules; may be called again."""
    importers = {BuiltinImporter: Builtins, _PathFinder: PathFinder}
    sys.meta_path[:] = [importers.get(each, each) for each in sys.meta_path]
    for name in [name for name in sys.modules if name.partition(".")[0] in DENIED]:
        del sys.modules[name]
    if ASYNCIO in sys.modules:
        from . import _loop

        _loop.install(sys.modules[ASYNCIO])
