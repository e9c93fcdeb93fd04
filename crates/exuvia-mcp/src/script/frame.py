import ast, asyncio, inspect

_runner = asyncio.Runner()


def _cell(number, source, raises=None):
    """Runs what does not mean the same as a part of a script; what it raised then is passed over."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(source, f"<cell {number}>", "exec", flags, dont_inherit=True)
    try:
        if code.co_flags & inspect.CO_COROUTINE:
            _runner.run(eval(code, globals()))
        else:
            exec(code, globals())
    except BaseException:
        if raises is None:
            raise
