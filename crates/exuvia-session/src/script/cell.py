import ast as _ast, asyncio as _asyncio, inspect as _inspect

_runner = _asyncio.Runner()


def _cell(number, source, raises=None):
    """Runs what does not mean the same as a part of a script. What it raises is passed over if it did so then."""
    code = compile(source, f"<cell {number}>", "exec", _ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    try:
        if code.co_flags & _inspect.CO_COROUTINE:
            _runner.run(eval(code, globals()))
        else:
            exec(code, globals())
    except BaseException:
        if raises is None:
            raise
