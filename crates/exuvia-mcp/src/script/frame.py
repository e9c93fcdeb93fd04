import ast, asyncio, contextlib, inspect, io, os, sys

_runner = asyncio.Runner()


class _Both(io.TextIOBase):
    """Writes what is printed into a file, too."""

    def __init__(self, stream, file):
        self._stream, self._file = stream, file

    def write(self, text):
        self._file.write(text)
        return self._stream.write(text)

    def flush(self):
        self._stream.flush()


def _cell(number, source, raises=None, keeps=None):
    """Runs what does not mean the same as a part of a script. What it raised then is passed over (`raises`), and what it
    prints is put where it was to be found then (`keeps`)."""
    code = compile(source, f"<cell {number}>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    with contextlib.ExitStack() as stack:
        if keeps is not None:
            os.makedirs(os.path.dirname(keeps), exist_ok=True)
            file = stack.enter_context(open(keeps, "w"))
            stack.enter_context(contextlib.redirect_stdout(_Both(sys.stdout, file)))
            stack.enter_context(contextlib.redirect_stderr(_Both(sys.stderr, file)))
        try:
            if code.co_flags & inspect.CO_COROUTINE:
                _runner.run(eval(code, globals()))
            else:
                exec(code, globals())
        except BaseException:
            if raises is None:
                raise
