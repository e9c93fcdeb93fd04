"""Tells of cells, and of calls, what has to be known to put them into one script.

Reads from /tmp/session.json, as JSON:

- `cells`, a list of `[number, source, place]` (`place`: where a cell was interrupted or raised something, `[line, column]`
  from 1, or null; the column may be null);
- `calls`, a list of `[tool, arguments]`, the arguments being JSON.

Prints, as JSON, `cells` and `keys`. Of each cell it says:

- `null`: it was no Python, so nothing ran;
- `{"is_plain": ..., "ended": ..., "head": ..., "reached": ..., "names": ...}`: whether it means the same as a part of a script (it
  awaits nothing at its top level and has no feature of `__future__`); how many of its lines belong to statements that
  had come to their ends; those of them that share a line with the one that had not; how many lines belong to all of
  those; and the names that it uses.

Of each call it gives the key by which the script will find its answer.
"""

import __future__
import ast
import inspect
import json
import warnings

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag


def _cell(number, source, place):
    try:
        code = compile(source, f"<cell {number}>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    ended, head, reached = (0, "", 0) if place is None or not tree.body else _split(source, tree.body, *place)
    is_plain = not code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | _FUTURE)
    return {"is_plain": is_plain, "ended": ended, "head": head, "reached": reached, "names": sorted(_names(code))}


def _split(source, body, line, column):
    """Returns after which lines the statement begins, and ends, that stands at this place, with all that share a line with
    it; and between the two the text of those among them that come before it."""
    at = next((index for index, statement in enumerate(body) if statement.end_lineno >= line), len(body) - 1)
    first = last = at
    while first > 0 and body[first - 1].end_lineno >= _start(body[first]):
        first -= 1
    while last + 1 < len(body) and _start(body[last + 1]) <= body[last].end_lineno:
        last += 1
    lines = source.split("\n")
    before = [each for each in body[first : last + 1] if column and _end(lines, each) <= (line, column)]
    head = "\n".join(ast.get_source_segment(source, each) for each in before)
    return (body[first - 1].end_lineno if first else 0), head, body[last].end_lineno


def _end(lines, statement):
    """Returns the line and the column after a statement, in characters from 1."""
    line = lines[statement.end_lineno - 1].encode()
    return statement.end_lineno, len(line[: statement.end_col_offset].decode(errors="replace")) + 1


def _start(statement):
    return min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])


def _names(code):
    names, todo = set(code.co_names), [code]
    while todo:
        inner = [each for each in todo.pop().co_consts if type(each) is type(code)]
        names.update(name for each in inner for name in each.co_names)
        todo += inner
    return names


def _called(tool, arguments):
    try:
        arguments = json.loads(arguments)
    except ValueError:
        arguments = None
    return _key(tool, arguments) if isinstance(arguments, dict) else ""


with warnings.catch_warnings(), open("/tmp/session.json") as _file:
    warnings.simplefilter("ignore")
    _session = json.load(_file)
    _cells = [_cell(*each) for each in _session["cells"]]
    print(json.dumps({"cells": _cells, "keys": [_called(*each) for each in _session["calls"]]}))
