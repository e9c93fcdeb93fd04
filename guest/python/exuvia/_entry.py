"""The one function that the host calls, and the hot path of a cell.

`enter(op, data)` takes one of the numbers below and bytes, and returns bytes
or None. All answers are UTF-8 JSON without lone surrogates. A program in the
sandbox can replace anything here, so the host parses answers as it would
parse a stranger's.

    op            data                      answer
    0 RUN         source, UTF-8             None, or one of
                                              {"value": VALUE}   (see `_value`)
                                              {"error": ERROR}   (see `_error`)
                                              {"exit": {"code": int}}
                                              {"wait": seconds or null}
    1 RESUME      nothing                   as RUN, for the cell that waits
    2 SCRIPT      {"source", "filename",    None, {"error": ERROR} or {"exit": …}
                   "argv", "mode", "module"}
    3 CONFIGURE   {"argv", "env", "cwd",    None, or {"error": ERROR}
                   "isolated_path", "recursion",
                   "tools"}
    4 COMPLETE    {"text", "cursor"}        {"start": int, "matches": [str]}
    5 INCOMPLETE  source, UTF-8             {"state": "complete" | "incomplete" | "invalid"}
    6 FINISH      nothing                   None, or {"exit": {"code": 120}}

Nothing raises out of `enter` but a fault of this package, and a signal that the
host delivers while an earlier exception is being reported (it should deliver one
a cell, and take an exception out of `enter` as the cell's outcome).

Each page of memory that a fresh sandbox touches for the first time costs as
much as a few hundred bytecodes, so the way of a cell that succeeds is kept
short: it formats nothing that it does not return, and enters no other module
than `_cell` unless the value is more than a number or a plain text.
"""

import sys
from _json import encode_basestring_ascii as _quote

from . import _cell, _tools
from ._cell import COROUTINE
from ._cell import namespace as _namespace
from ._cell import prepare as _prepare

RUN = 0
RESUME = 1
SCRIPT = 2
CONFIGURE = 3
COMPLETE = 4
INCOMPLETE = 5
FINISH = 6

PLAIN_TEXT_MAX = 4096
"""Characters up to which an ASCII `str` is reported without entering `_value`."""


def enter(op, data):
    """Does what the host asks; see the module's table."""
    try:
        if op:
            answer = _other(op, data)
        else:
            first, second = _prepare(str(data, "utf-8"))
            if _tools.names:
                _provide(first, second)
            if (first.co_flags | second.co_flags if second else first.co_flags) & COROUTINE:
                from . import _task

                answer = _task.start(first, second, report)
            else:
                value = eval(first, _namespace)
                if second:
                    value = eval(second, _namespace)
                if _cell.settle is not None:
                    _cell.settle()
                if _cell.begun is not None:
                    _cell.begun()
                answer = None if value is None else report(value)
    except BaseException as error:
        answer = _failed(error)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException as error:
        answer = _flush_failed(error, answer)
    return answer


def _provide(first, second):
    """Gives the cell the tools that it could see."""
    for code in (first, second):
        if code is not None:
            _tools.provide(_namespace, code)


def report(value):
    """Returns the answer for a cell whose value is `value` (not None).

    Sets `_` in the session's namespace as the interactive interpreter does,
    but leaves a `_` alone that the program itself has assigned.
    """
    last = _cell.last
    if _namespace.get("_", last) is last:
        _namespace["_"] = _cell.last = value
    kind = type(value)
    if kind is int:
        text = repr(value)
        return (
            f'{{"value":{{"repr":"{text}","type":"int","json":{text},'
            '"rich":{},"truncated":false}}'
        ).encode()
    if kind is str and value.isascii() and len(value) <= PLAIN_TEXT_MAX:
        return (
            f'{{"value":{{"repr":{_quote(repr(value))},"type":"str","json":{_quote(value)},'
            '"rich":{},"truncated":false}}'
        ).encode()
    from . import _value

    return _value.answer(value)


def _failed(error):
    """Returns the answer for an exception that nobody caught."""
    from . import _error

    if _cell.settle is not None or not issubclass(type(error), Exception):
        error = _settled(error)
    tasks = sys.modules.get("exuvia._task")
    if tasks is not None:
        try:
            tasks.recover(error)
        except BaseException:
            pass  # the cell's own exception tells more
    return _error.answer(error)


def _settled(error):
    """Lets the threads that are left run after `error` ended the cell; returns what ends it now."""
    from . import _strands

    for _ in range(2):
        try:
            _strands.recover(error)
            _strands.settle()
            break
        except BaseException as second:
            error = second  # a limit or an interrupt: what is in line does not begin any more
    return error


def _flush_failed(error, answer):
    """Returns the answer after flushing the output raised.

    The program may have closed or replaced its streams, which is no failure of
    the cell; a limit or a cancel that arrives just here is.
    """
    if not issubclass(type(error), Exception):
        return _failed(error)
    try:
        sys.stderr.flush()
    except Exception:
        pass
    except BaseException as second:
        return _failed(second)
    return answer


def _other(op, data):
    """Runs every operation but RUN."""
    if op == RESUME:
        from . import _task

        return _task.resume(report)
    if op == SCRIPT:
        from ._script import run as operation
    elif op == CONFIGURE:
        from ._configure import configure as operation
    elif op == COMPLETE:
        from ._complete import complete as operation
    elif op == INCOMPLETE:
        from ._complete import completeness as operation
    elif op == FINISH:
        from ._script import finish as operation
    else:
        raise ValueError(f"operation {op} is not known")
    return operation(data)
