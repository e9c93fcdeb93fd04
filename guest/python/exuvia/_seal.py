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

from . import _network

DENIED = frozenset(("js", "pyodide_js", "_pyodide_core", "_pyodide", "pyodide", "_ctypes"))

ASYNCIO = "asyncio.unix_events"
"""The module that chooses asyncio's event loop."""
URLLIB3 = "urllib3.contrib.emscripten"
"""The part of urllib3 for browsers."""


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
    """A loader that lets another one load a module, and then changes it."""

    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        """Creates the module as the other loader does."""
        return self.loader.create_module(spec)

    def exec_module(self, module):
        """Executes the module, takes itself away again, and makes the change."""
        module.__spec__.loader = module.__loader__ = self.loader
        # What urllib3 has there would import JavaScript.
        if module.__name__ != URLLIB3:
            self.loader.exec_module(module)
        CHANGED[module.__name__](module)


def _change_asyncio(module):
    from . import _loop

    _loop.install(module)


CHANGED = {
    ASYNCIO: _change_asyncio,
    "socket": _network.change_socket,
    URLLIB3: _network.change_urllib3,
}
"""Modules that are changed when they are imported, and how."""


def seal():
    """Puts the two importers in place and forgets denied modules; may be called again."""
    importers = {BuiltinImporter: Builtins, _PathFinder: PathFinder}
    sys.meta_path[:] = [importers.get(each, each) for each in sys.meta_path]
    for name in [name for name in sys.modules if name.partition(".")[0] in DENIED]:
        del sys.modules[name]
    for name, change in CHANGED.items():
        if name in sys.modules:
            change(sys.modules[name])
