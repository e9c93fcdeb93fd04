"""Tells of cells what has to be known to put them into one script.

Reads a list of `[number, source, line]` (`line`: where a cell was interrupted, or null) from /tmp/cells.json, as JSON;
prints a list, as JSON, of what each is:

- `null`: it was no Python, so nothing ran;
- `{"is_plain": ..., "ended": ...}`: whether it means the same as a part of a script (it awaits nothing at its top level
  and has no feature of `__future__`), and how many of its lines had been run when it was interrupted.
"""

import __future__
import ast
import inspect
import json
import warnings

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag


def _cell(number, source, line):
    try:
        code = compile(source, f"<cell {number}>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    ended = 0
    if line is not None:
        for statement in tree.body:
            if statement.end_lineno >= line:
                break
            ended = statement.end_lineno
    is_plain = not code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | _FUTURE)
    return {"is_plain": is_plain, "ended": ended}


with warnings.catch_warnings(), open("/tmp/cells.json") as _file:
    warnings.simplefilter("ignore")
    print(json.dumps([_cell(*each) for each in json.load(_file)]))
