import contextlib as _contextlib, io as _io, os as _os, sys as _sys


class _Both(_io.TextIOBase):
    """Writes what is printed into a file, too."""

    def __init__(self, stream, file):
        self._stream, self._file = stream, file

    def write(self, text):
        self._file.write(text)
        return self._stream.write(text)

    def flush(self):
        self._stream.flush()


def _kept(path, *cell, **raises):
    """Runs a cell, and puts what it prints where it was to be found then."""
    _os.makedirs(_os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file, _contextlib.ExitStack() as stack:
        stack.enter_context(_contextlib.redirect_stdout(_Both(_sys.stdout, file)))
        stack.enter_context(_contextlib.redirect_stderr(_Both(_sys.stderr, file)))
        _cell(*cell, **raises)
