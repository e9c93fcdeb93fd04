"""Completion of names, and whether a source is complete.

Completion never runs the program's code: names are looked up in the
dictionaries of modules, classes and instances, and a value behind a property,
a `__getattr__` or a `__dir__` is not looked for. At most `MATCHES_MAX` matches
of at most `NAME_CHARACTERS_MAX` characters are returned.
"""

import builtins
import json
import keyword
import re
import sys
import types

from . import _cell
from ._value import bases_of, members_of, bounded

MATCHES_MAX = 200
NAME_CHARACTERS_MAX = 200
TEXT_CHARACTERS_MAX = 4096
"""How much of the text before the cursor is looked at."""

MISSING = object()

CHAIN = re.compile(r"((?:[^\W\d]\w*\s*\.\s*)*)([^\W\d]\w*)?$")
KEY = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)\[(['\"])([^'\"\\]*)$")
IMPORT = re.compile(r"^\s*(?:from|import(?:.*,)?)\s+([\w.]*)$")
FROM = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+\(?(?:.*,)?\s*(\w*)$")


def complete(data):
    """Returns `{"start": int, "matches": [str]}`.

    A match may replace the text from `start` to the cursor. The request is
    `{"text": str, "cursor": int}`; both positions are in characters.
    """
    request = json.loads(data)
    cursor = min(max(0, request["cursor"]), len(request["text"]))
    text = request["text"][max(0, cursor - TEXT_CHARACTERS_MAX) : cursor]
    prefix, names = _candidates(text)
    matches = sorted({name for name in names if name.startswith(prefix)}, key=_order)
    if not prefix.startswith("_"):
        public = [name for name in matches if not name.startswith("_")]
        matches = public or matches
    matches = [bounded(name, NAME_CHARACTERS_MAX)[0] for name in matches[:MATCHES_MAX]]
    return json.dumps({"start": cursor - len(prefix), "matches": matches}).encode()


def _order(name):
    """Puts public names before private and special ones."""
    return name.startswith("__"), name.startswith("_"), name


def _candidates(text):
    """Returns the beginning that is there and the names that may complete it."""
    line = text.rpartition("\n")[2]
    if found := FROM.match(line):
        return found[2], _members(sys.modules.get(found[1], MISSING))
    if found := IMPORT.match(line):
        return _modules(found[1])
    if found := KEY.search(line):
        value = _resolve(found[1].split("."))
        keys = value if type(value) is dict else ()
        return found[3], [key for key in keys if type(key) is str]
    found = CHAIN.search(line)
    chain, prefix = found[1], found[2] or ""
    if chain:
        return prefix, _members(_resolve([part.strip() for part in chain.split(".")[:-1]]))
    if line[: found.start()].rstrip().endswith("."):
        return prefix, ()  # an attribute of something that is not a name
    names = [*_cell.namespace, *vars(builtins), *keyword.kwlist, *keyword.softkwlist]
    return prefix, [name for name in names if type(name) is str]


def _resolve(parts):
    """Returns the value of a dotted name, or `MISSING`; runs no code of the program."""
    first, *rest = parts
    value = _cell.namespace.get(first, MISSING)
    if value is MISSING:
        value = vars(builtins).get(first, MISSING)
    for part in rest:
        if value is MISSING:
            return MISSING
        value = _attribute(value, part)
    return value


def _dictionaries(value):
    """Yields the dictionaries in which the value's attributes are, nearest first."""
    own = MISSING
    if isinstance(value, types.ModuleType) and type(value).__dictoffset__:
        own = types.ModuleType.__dict__["__dict__"].__get__(value)
    elif issubclass(type(value), type):
        for base in bases_of(value):
            yield members_of(base)
    else:
        try:
            own = object.__getattribute__(value, "__dict__")
        except AttributeError:
            pass
    if type(own) is dict:
        yield own
    for base in bases_of(type(value)):
        yield members_of(base)


def _attribute(value, name):
    """Returns the attribute if reading it runs nothing, else `MISSING`."""
    for names in _dictionaries(value):
        found = names.get(name, MISSING)
        if found is MISSING:
            continue
        if isinstance(found, (staticmethod, classmethod)):
            return found.__func__
        simple = not hasattr(type(found), "__get__") or isinstance(found, types.FunctionType)
        return found if simple else MISSING
    return MISSING


def _members(value):
    """Returns the names of the value's attributes."""
    if value is MISSING:
        return []
    names = {name for each in _dictionaries(value) for name in each if type(name) is str}
    return list(names)


def _modules(prefix):
    """Returns the last part of a module's name and the modules that may complete it."""
    import pkgutil

    parent, dot, last = prefix.rpartition(".")
    if not dot:
        found = {*sys.builtin_module_names, *sys.stdlib_module_names, *sys.modules}
        found.update(module.name for module in pkgutil.iter_modules())
        return last, [name for name in found if "." not in name]
    names = [name[len(parent) + 1 :] for name in sys.modules if name.startswith(parent + ".")]
    module = sys.modules.get(parent)
    path = module and types.ModuleType.__dict__["__dict__"].__get__(module).get("__path__")
    if isinstance(path, list):
        names.extend(module.name for module in pkgutil.iter_modules(path))
    return last, [name for name in names if "." not in name]


def completeness(data):
    """Returns `{"state": "complete" | "incomplete" | "invalid"}` for a source, as UTF-8 JSON.

    One statement is judged as the interactive interpreter does (a compound one
    ends with a blank line), several by whether the last one could go on.
    """
    source = str(data, "utf-8")
    state = _state(source, "single")
    if state == "invalid":
        state = _state(source, "exec")
        if state == "complete" and not source.endswith("\n") and _ends_inside(source):
            state = "incomplete"
    return json.dumps({"state": state}).encode()


def _state(source, symbol):
    """Returns the state of a source by `codeop`'s rules for that start symbol."""
    import codeop

    command = codeop.CommandCompiler()
    command.compiler.flags |= _cell.flags
    try:
        code = command(source, "<cell>", symbol)
    except (SyntaxError, ValueError, OverflowError):
        return "invalid"
    return "incomplete" if code is None else "complete"


def _ends_inside(source):
    """Says whether the source's last line is inside a compound statement."""
    import ast

    last = compile(source, "<cell>", "exec", _cell.flags | _cell.ONLY_AST, True).body[-1:]
    return bool(last) and hasattr(last[0], "body") and not isinstance(last[0], ast.Expr)
