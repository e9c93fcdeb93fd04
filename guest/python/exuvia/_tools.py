"""The session's tools as Python functions.

The host knows what each tool takes and gives, and hands out the source of its
function (`_exuvia.source`). A function is made when it is first asked for: by
`exuvia.tools`, or by a cell that could see its name; a tool that is not used
costs nothing. A long help, which its program may have to print, is only asked
for by `NAME.help()` and `help(NAME)`.

Arguments cross as JSON, and are checked by the host. What JSON has no word for
crosses as what a schema can describe: bytes as base64, dates and times in ISO
8601, dataclasses as objects, sets as lists.
"""

import base64
import builtins
import datetime
import json
import typing
from _asyncio import Future
from _asyncio import get_running_loop as _get_running_loop
from _json import encode_basestring_ascii, make_encoder

import _exuvia

from . import ToolError, ToolInterrupted, ToolTimeout, _calls

names = {}
"""The place of each tool, by its name."""

_made = {}
_provided = set()

BUILTINS = frozenset(dir(builtins))
"""Names that mean something already: a tool of such a name is only in `exuvia.tools`."""

LOOKS_AROUND = frozenset(
    "globals locals vars dir eval exec help compile __import__ import_module __main__".split()
)
"""Names with which a cell can see others than those that it spells out."""


def declare(listed):
    """Takes the names of the session's tools, in the host's order."""
    names.clear()
    names.update((name, index) for index, name in enumerate(listed))


def provide(namespace, code):
    """Puts the tools that this code could see into the namespace, each of them once."""
    wanted = _seen(code)
    if not wanted.isdisjoint(LOOKS_AROUND):
        wanted = names.keys()
    for name in (names.keys() & wanted) - _provided - BUILTINS:
        _provided.add(name)
        namespace.setdefault(name, function(name))


def _seen(code):
    """Returns the names in this code object and those within it."""
    seen = set(code.co_names)
    todo = [code]
    while todo:
        for constant in todo.pop().co_consts:
            if type(constant) is type(code):
                seen.update(constant.co_names)
                todo.append(constant)
    return seen


def function(name):
    """Returns the tool's function; it is made the first time."""
    made = _made.get(name)
    if made is None:
        made = _made[name] = _make(name, names[name])
    return made


def _make(name, index):
    space = dict(_SPACE)
    exec(compile(_exuvia.source(index), f"<tool {name}>", "exec", dont_inherit=True), space)
    made, aio = space["_make"](_caller(index), _starter(index))
    made.__qualname__ = name
    aio.__name__ = "aio"
    aio.__qualname__ = f"{name}.aio"
    aio.__doc__ = made.__doc__
    made.aio = aio
    made.help = _helper(index, made)
    return made


def _helper(index, made):
    """Returns what gives the tool's own help."""

    def help():
        """Returns the tool's long help, such as what its program says of itself; its docstring if it has none."""
        return _help(index) or made.__doc__ or ""

    help.__module__ = made.__module__
    help.__qualname__ = f"{made.__qualname__}.help"
    return help


def _help(index):
    """Returns what the host has to say of a tool beyond its docstring: nothing, as a rule."""
    outcome = _exuvia.help(index)
    if type(outcome) is not str:
        raise _failure(outcome)
    return outcome


def further_help(thing):
    """Returns what `help(thing)` shows below the docstring: a tool's long help."""
    for name, made in _made.items():
        if made is thing:
            return _help(names[name])
    return ""


def _caller(index):
    """Returns what calls the tool and waits for its result."""

    def call(arguments, _call=_exuvia.call):
        if type(arguments) is dict:
            outcome = _call(index, _encode(arguments))
            if type(outcome) is str:
                return _scan(outcome, 0)[0]
        else:
            outcome = _call(index, _text(arguments))
            if type(outcome) is str:
                return outcome
        raise _failure(outcome)

    return call


def _starter(index):
    """Returns what starts a call of the tool and waits for its result on the event loop."""

    async def start(arguments, _start=_exuvia.start, _pending=_calls.pending):
        is_json = type(arguments) is dict
        call = _start(index, _encode(arguments) if is_json else _text(arguments))
        if call < 0:
            raise _failure(_exuvia.outcome())
        future = _pending[call] = Future(loop=_get_running_loop())
        try:
            outcome = await future
        finally:
            if _pending.pop(call, None) is not None:
                _exuvia.cancel(call)
        if type(outcome) is not str:
            raise _failure(outcome)
        return _scan(outcome, 0)[0] if is_json else outcome

    return start


def _text(value):
    if isinstance(value, str):
        return value
    raise TypeError(f"the tool takes a str, not {type(value).__name__}")


def _failure(outcome):
    """Returns the exception for what the host gave instead of a result."""
    if outcome is None:
        return ToolInterrupted("the call was interrupted: it is not known how far it got")
    failure = json.loads(outcome)
    message = failure["message"]
    kind = failure["kind"]
    if kind == "argument":
        return TypeError(message)
    if kind == "denied":
        return PermissionError(message)
    classes = {"timeout": ToolTimeout, "interrupted": ToolInterrupted}
    return classes.get(kind, ToolError)(message, failure.get("hint"), failure.get("retry", False))


def _plain(value):
    """Returns a JSON value for one that JSON has no word for."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return list(value)
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None and not isinstance(value, type):
        return {name: getattr(value, name) for name in fields}
    for method in ("model_dump", "tolist"):  # of pydantic's models, of arrays
        convert = getattr(value, method, None)
        if callable(convert) and not isinstance(value, type):
            return convert()
    if type(value).__module__ in ("decimal", "uuid", "pathlib"):
        return str(value)
    raise TypeError(f"a tool cannot take a {type(value).__name__}")


_markers = {}
"""The containers that are now being encoded, by which the encoder finds that one holds itself."""

_encoder = make_encoder(_markers, _plain, encode_basestring_ascii, None, ": ", ", ", False, False, False)
_scan = json.JSONDecoder().scan_once


def _encode(value):
    try:
        return "".join(_encoder(value, 0))
    except BaseException:
        _markers.clear()
        raise


class Record(dict):
    """An object of a result whose fields the tool has declared: its items are attributes as well."""

    __slots__ = ()

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the record has no field {name!r}") from None


def _to_bytes(value):
    return base64.b64decode(value, validate=True)


def _to_list(convert):
    return lambda values: [convert(value) for value in values]


def _to_optional(convert):
    return lambda value: None if value is None else convert(value)


def _to_record(fields):
    def record(value):
        made = Record(value)
        for name, convert in fields.items():
            if name in made:
                made[name] = convert(made[name])
        return made

    return record


_SPACE = {
    "__name__": "exuvia.tools",
    "datetime": datetime,
    "typing": typing,
    "_to_bytes": _to_bytes,
    "_to_date": datetime.date.fromisoformat,
    "_to_datetime": datetime.datetime.fromisoformat,
    "_to_list": _to_list,
    "_to_optional": _to_optional,
    "_to_record": _to_record,
}
