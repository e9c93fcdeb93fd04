"""The sources of the session's cells, for who asks `linecache`: tracebacks, `inspect.getsource`, warnings.

All lie in one piece of memory, and their lines are made when they are asked for. Objects kept of each cell would lie
between what that cell allocates and frees, and hold pages that every checkpoint of a long session has to carry.

The newest `CELLS_MAX` cells are known, within `BYTES_MAX` in all; the newest one in any case.
"""

import linecache

CELLS_MAX = 1000
BYTES_MAX = 32 << 20

HEAD = 8
"""Before each source there are the cell's number and the source's length in bytes, of four bytes each."""

NAME_MAX = len("<cell 4294967295>")

_sources = bytearray()
_found = (0, None)
"""The number of the known cell that was last asked for, and its entry."""


def remember(number, source):
    """Keeps the source of a cell, whose number is one above that of the cell before it."""
    text = source.encode("utf-8", "surrogatepass")
    # At once: whatever strikes here strikes before or after.
    _sources.extend(b"".join((number.to_bytes(4, "little"), len(text).to_bytes(4, "little"), text)))
    while (oldest := _int(0)) != number and (number - oldest >= CELLS_MAX or len(_sources) > BYTES_MAX):
        del _sources[: HEAD + _int(4)]


def forget():
    """Forgets all cells."""
    global _found
    _sources.clear()
    _found = (0, None)


def _int(at):
    return int.from_bytes(_sources[at : at + 4], "little")


def _source(number):
    """Returns the source of that cell; None if it is not known."""
    at = 0
    while at < len(_sources):
        end = at + HEAD + _int(at + 4)
        if _int(at) == number:
            return _sources[at + HEAD : end].decode("utf-8", "surrogatepass")
        at = end
    return None


def _lines(source):
    """Returns the lines, each with its end, as the compiler counts them."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = lines.pop()
    lines = [line + "\n" for line in lines]
    if end or not lines:
        lines.append(end + "\n")
    return lines


def _entry(name):
    """Returns what `linecache` is to know of the file of that name; None if it is of no known cell."""
    global _found
    if type(name) is not str or name[:6] != "<cell " or len(name) > NAME_MAX or not name[6:-1].isdecimal():
        return None
    number = int(name[6:-1])
    if name != f"<cell {number}>":
        return None
    if _found[0] != number:
        source = _source(number)
        if source is None:
            return None
        # Without a modification time the entry is never checked against a file.
        _found = (number, (len(source), None, _lines(source), name))
    return _found[1]


class Cache(dict):
    """The cache of `linecache`, in which the cells are, too."""

    __slots__ = ()

    def __contains__(self, name):
        return super().__contains__(name) or _entry(name) is not None

    def __missing__(self, name):
        entry = _entry(name)
        if entry is None:
            raise KeyError(name)
        return entry

    def get(self, name, default=None):
        return self[name] if name in self else default


linecache.cache = Cache(linecache.cache)
