"""The session's tools: `from exuvia.tools import NAME`.

Cells see them by name, too, but for those that are named as a built-in is.

Each is a function that waits for its result; `await NAME.aio(...)` takes the
same arguments and lets other tasks go on meanwhile. `dir(exuvia.tools)` lists
them, `help(NAME)` tells about one, with what its program says of itself if
the session shows that (`NAME.help()` returns it), and `/tools` has their stubs.
"""

from . import _tools


def __getattr__(name):
    if name == "__all__":
        return sorted(_tools.names)
    if name in _tools.names:
        return _tools.function(name)
    raise AttributeError(f"there is no tool {name!r}" + _known())


def _known():
    listed = sorted(_tools.names)
    if not listed:
        return "; this session has none"
    return "; there are " + ", ".join(listed[:20]) + (", …" if len(listed) > 20 else "")


def __dir__():
    return sorted(_tools.names)
