"""From a cell's source to code objects, by the shortest way that is sound.

A cell is compiled as a module. If its last statement is an expression, that
one is compiled on its own so that its value can be returned; everything
before it runs unchanged. Finding the last statement takes a syntax tree of
Python objects, which costs about as much as compiling; most cells can do without:

  * one line that begins `name =` or `name +=`: no value;
  * one line that begins with a statement's keyword: no value;
  * one line that compiles as an expression: that is the value;
  * several lines, the last of which that is not indented begins what parses as
    an expression: that is the value, if the lines before it compile as a module.

The last one holds because what compiles as a module leaves no bracket, string,
continued line or suite open, and no expression goes on with the statement
before it, as `else` does: the cell is those statements, and then the expression.

"One line" means no line break, and no `;` even inside a string. The second
compilation after a failed first one would repeat the warnings of the first,
so a line with a backslash (invalid escapes warn while parsing) does not try.

A short source that runs again and again, as where a host calls what a session
has, is compiled twice: from the third time on its code objects are copied, under
the new cell's name. One that the compiler warns of is compiled each time.

A `from __future__` import stays in force for later cells of the session.
Sources stay known to `linecache` (see `_sources`).
"""

import __future__
import __main__
import ast
from warnings import catch_warnings, simplefilter

from . import _sources

ONLY_AST = 0x400
TOP_LEVEL_AWAIT = 0x2000
COROUTINE = 0x80
"""`inspect.CO_COROUTINE`: set on a code object with a top-level `await`."""

FUTURES = 0
"""Every flag that a `from __future__` import sets on a code object."""
for _name in __future__.all_feature_names:
    FUTURES |= getattr(__future__, _name).compiler_flag
FUTURES &= ~0x10  # nested_scopes: today the flag of any nested function
del _name

REPEATS_MAX = 64
REPEATED_CHARACTERS_MAX = 512
"""No program can have the compiler refuse integers that are this short."""

WARNS = 2

STATEMENTS = frozenset(
    "import from del global nonlocal assert raise pass"
    " if for while with try def class async".split()
)
"""Words that cannot begin an expression, and do begin a statement."""

AUGMENTS = " +-*/%@&|^"
"""What may stand between a name and the `=` of an assignment (`<<=` and `>>=`
are left to the slow way, for `<=` and `>=` compare)."""

CONTINUES = frozenset("\n \t#)]}")
"""First characters of lines at which no last expression begins, or one that is not worth looking for."""

TAIL_LINES_MAX = 64
"""How many lines from the end on a last expression is looked for."""

SLOW_STARTS = frozenset(("", " ", "\t", "\f", "#", "@"))
"""First characters with which a line means another thing to `eval` than to `exec`."""

namespace = __main__.__dict__
number = 0
flags = TOP_LEVEL_AWAIT
settle = None
"""What lets the threads that cells have started run to their ends; None if there are none."""

begun = None
"""What runs the tasks that a cell has begun without waiting for anything; None if there are none."""

last = object()
"""The value most recently put into `_`; at first one that no program has."""

_repeats = {}
"""Of flags and sources, the oldest first: how often they have run, `WARNS`, or the code objects."""

Code = type((lambda: 0).__code__)


def reset():
    """Forgets every cell, as if none had run; names that they defined stay."""
    global number, flags, last
    _sources.forget()
    _repeats.clear()
    number = 0
    flags = TOP_LEVEL_AWAIT
    if namespace.get("_", last) is last:
        namespace.pop("_", None)
    last = object()


def prepare(source):
    """Compiles the session's next cell.

    Returns `(first, second)`: code objects to evaluate in this order in
    `namespace`. The value of the cell is the value of the one evaluated last
    (None for statements); `second` is None when one suffices.

    Raises SyntaxError and what else `compile` raises.
    """
    global number, flags
    number += 1
    name = f"<cell {number}>"
    _sources.remember(number, source)
    first, second = _repeated(source, name) or _compiled(source, name)
    flags |= first.co_flags & FUTURES
    return first, second


def _repeated(source, name):
    """Returns as `prepare` does; None if the source is to be compiled."""
    if len(source) > REPEATED_CHARACTERS_MAX:
        return None
    key = flags, source
    known = _repeats.get(key, 0)
    if type(known) is tuple:
        first, second = known
        return _renamed(first, name), second and _renamed(second, name)
    if known == 1:
        codes = _compiled_silently(source, name)
        _repeats[key] = codes or WARNS
        return codes
    if known == 0:
        if len(_repeats) >= REPEATS_MAX:
            del _repeats[next(iter(_repeats))]
        _repeats[key] = 1
    return None


def _renamed(code, name):
    """Returns a copy of the code object, and of those in it, for another cell."""
    constants = code.co_consts
    if Code in map(type, constants):
        constants = tuple([_renamed(one, name) if type(one) is Code else one for one in constants])
        return code.replace(co_filename=name, co_consts=constants)
    return code.replace(co_filename=name)


def _compiled_silently(source, name):
    """Returns as `prepare` does; None if the compiler has something to say."""
    try:
        with catch_warnings():
            simplefilter("error")
            return _compiled(source, name)
    except Exception:
        return None


def _compiled(source, name):
    """Returns as `prepare` does."""
    second = None
    if "\n" in source or ";" in source or "\r" in source:
        first, second = _divided(source, name) or _split(source, name)
    else:
        if _is_statement(source):
            first = compile(source, name, "exec", flags, True)
        elif "\\" in source or source[:1] in SLOW_STARTS:
            first, second = _split(source, name)
        else:
            try:
                first = compile(source, name, "eval", flags, True)
            except SyntaxError:
                first = None
            if first is None:
                first, second = _split(source, name)
    return first, second


def _is_statement(line):
    """Says whether this, in which there is no `;`, is a statement for sure, and no expression."""
    head, equals, tail = line.partition("=")
    return (
        equals
        and tail[:1] != "="
        and head.rstrip(AUGMENTS).replace(".", "_").isidentifier()
        or line.partition(" ")[0] in STATEMENTS
    )


def _divided(source, name):
    """Compiles what ends with an expression; returns as `prepare` does. None if that is to be found out otherwise."""
    at = _last_start(source)
    if at is None or "\r" in source or "\f" in source or "__future__" in source:
        return None
    head, tail = source[:at], source[at:]
    if "\\" in tail or ";" in tail or _is_statement(tail):
        return None
    try:
        tree = compile("\n" * head.count("\n") + tail, name, "eval", flags | ONLY_AST, True)
        first = compile(head, name, "exec", flags, True) if head else None
        second = compile(tree, name, "eval", flags, True)
    except (SyntaxError, RecursionError):
        return None
    return (first, second) if first else (second, None)


def _last_start(source):
    """Returns where the last line begins that is not indented and may begin an expression; None if it is not near the end."""
    end = len(source)
    for _ in range(TAIL_LINES_MAX):
        at = source.rfind("\n", 0, end) + 1
        if at < len(source) and source[at] not in CONTINUES:
            return at
        if at == 0:
            break
        end = at - 1
    return None


def _split(source, name):
    """Compiles by way of the syntax tree; returns as `prepare` does."""
    try:
        tree = compile(source, name, "exec", flags | ONLY_AST, True)
        body = tree.body
        if not body or type(body[-1]) is not ast.Expr:
            return compile(tree, name, "exec", flags, True), None
        value = ast.Expression(body.pop().value)
        if not body:
            return compile(value, name, "eval", flags, True), None
        first = compile(tree, name, "exec", flags, True)
        inherited = flags | first.co_flags & FUTURES
        return first, compile(value, name, "eval", inherited, True)
    except RecursionError:
        # The parser and the compiler go deeper than the conversion of the tree
        # to Python objects: run it as it stands, without a value.
        return compile(source, name, "exec", flags, True), None
