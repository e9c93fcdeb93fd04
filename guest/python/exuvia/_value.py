"""The report of a cell's value.

    VALUE = {"repr": str, "type": str, "json": any, "rich": {mime: data}, "truncated": bool}

`repr` is bounded to `REPR_BYTES_MAX`. `type` is qualified by its module as in
a traceback. `json` is there only if JSON says the same as the value: None,
booleans, integers, finite floats, texts without lone surrogates, and lists,
tuples (as lists) and dictionaries with text keys of such, by exact type, within
`JSON_DEPTH_MAX` levels and about `JSON_BYTES_MAX`. `rich` holds what the
value's `_repr_*_` methods return: binary images in base64, else text, or JSON
for the types that end in `json`; one that raises an `Exception` is left out.
A value without a PNG that has a `savefig` method, as the figures of matplotlib
and of what builds on it have, is drawn as one by it. `truncated` says that `repr` was cut or a rich form was dropped for its size.

The methods are the program's own code: they can run forever (the time limit
holds here too), print, and return anything; only exact built-in types are kept.
"""

import json
from binascii import b2a_base64
from io import BytesIO

REPR_BYTES_MAX = 1 << 20
JSON_BYTES_MAX = 1 << 20
JSON_DEPTH_MAX = 64
RICH_BYTES_MAX = 16 << 20
RICH_FORMS_MAX = 32
MIME_CHARACTERS_MAX = 256

FORMS = (
    ("_repr_png_", "image/png"),
    ("_repr_jpeg_", "image/jpeg"),
    ("_repr_svg_", "image/svg+xml"),
    ("_repr_html_", "text/html"),
    ("_repr_markdown_", "text/markdown"),
    ("_repr_latex_", "text/latex"),
    ("_repr_json_", "application/json"),
)

ABSENT = object()

to_json = json.JSONEncoder(separators=(",", ":")).encode
"""Writes compact JSON, in ASCII; a lone surrogate must be taken out before."""

# A metaclass can lie about these, or raise.
_name_of = type.__dict__["__qualname__"].__get__
_module_of = type.__dict__["__module__"].__get__
bases_of = type.__dict__["__mro__"].__get__
members_of = type.__dict__["__dict__"].__get__


def answer(value):
    """Returns the answer `{"value": VALUE}` as bytes.

    Raises what the value's `__repr__` raises, which is the cell's error then,
    as in the interactive interpreter.
    """
    text, truncated = bounded(repr(value), REPR_BYTES_MAX)
    report = {"repr": text, "type": type_name(type(value))}
    plain = as_json(value)
    if plain is not ABSENT:
        report["json"] = plain
    rich, dropped = ({}, False) if type(value) in PLAIN else rich_forms(value)
    report["rich"] = rich
    report["truncated"] = truncated or dropped
    return to_json({"value": report}).encode()


PLAIN = frozenset((int, float, str, bytes, bool, list, tuple, dict, set, frozenset, complex))
"""Types known to have no `_repr_*_` methods."""


def bounded(text, bytes_max):
    """Returns the text within `bytes_max` of UTF-8, and whether it was cut.

    The result is an exact `str`. Lone surrogates become `\\udcXX` escapes. The text may
    be of a hostile subclass of `str`, so its own methods are not used.
    """
    if str.__len__(text) > bytes_max:
        text = str.__getitem__(text, slice(bytes_max))
        cut = True
    else:
        cut = False
    data = str.encode(text, "utf-8", "backslashreplace")
    if len(data) > bytes_max:
        return data[:bytes_max].decode("utf-8", "ignore"), True
    return data.decode(), cut


def type_name(kind):
    """Returns a class's name, qualified by its module unless that is `builtins` or `__main__`."""
    name = _name_of(kind)
    module = _module_of(kind)
    if module not in ("builtins", "__main__"):
        if not isinstance(module, str):
            module = "<unknown>"
        name = f"{module}.{name}"
    return bounded(name, 1024)[0]


def as_json(value):
    """Returns `value` if JSON writes it without loss and within the bounds, else `ABSENT`."""
    try:
        return value if _weigh(value, JSON_BYTES_MAX, 0) >= 0 else ABSENT
    except ValueError:  # an integer with more digits than the interpreter will write
        return ABSENT


def _weigh(value, budget, depth):
    """Returns what is left of `budget` bytes after `value`; negative if it does not fit."""
    kind = type(value)
    if value is None or kind is bool:
        return budget - 5
    if kind is int:
        return budget - 2 if -(1 << 63) < value < 1 << 63 else budget - len(repr(value))
    if kind is float:
        return budget - 8 if value - value == 0 else -1
    if kind is str:
        budget -= len(value) + 3
        if budget >= 0 and not value.isascii():
            try:
                budget -= len(value.encode()) - len(value)
            except UnicodeEncodeError:
                return -1
        return budget
    if kind is dict:
        if depth >= JSON_DEPTH_MAX or len(value) * 4 > budget:
            return -1
        for key, item in value.items():
            if type(key) is not str:
                return -1
            budget = _weigh(key, budget, depth + 1)
            if budget < 0:
                return -1
            budget = _weigh(item, budget, depth + 1)
            if budget < 0:
                return -1
        return budget - 2
    if kind is list or kind is tuple:
        if depth >= JSON_DEPTH_MAX or len(value) * 2 > budget:
            return -1
        for item in value:
            budget = _weigh(item, budget, depth + 1)
            if budget < 0:
                return -1
        return budget - 2
    return -1


def rich_forms(value):
    """Returns `({mime: data}, dropped)` from the value's `_repr_*_` methods.

    The methods are looked up on the class: an object that answers to every
    attribute has none of them, and a class itself is not asked.
    """
    kind = type(value)
    found = {}
    if issubclass(kind, type):
        return found, False
    if _defines(kind, "_repr_mimebundle_"):
        bundle = _call(value, "_repr_mimebundle_")
        if type(bundle) is dict:
            for mime, data in list(bundle.items())[:RICH_FORMS_MAX]:
                if type(mime) is str and mime.isascii() and mime != "text/plain":
                    found[mime] = data
    for method, mime in FORMS:
        if mime not in found and _defines(kind, method):
            found[mime] = _call(value, method)
    if "image/png" not in found and _defines(kind, "savefig"):
        found["image/png"] = _drawn(value)
    rich = {}
    dropped = False
    left = RICH_BYTES_MAX
    for mime, data in found.items():
        data = _as_text(mime, data)
        if data is ABSENT:
            continue
        left -= len(data) if type(data) is str else JSON_BYTES_MAX
        if left < 0:
            dropped = True
            break
        rich[mime[:MIME_CHARACTERS_MAX]] = data
    return rich, dropped


def _defines(kind, method):
    """Says whether the class or one of its bases has the method in its own dictionary."""
    return any(method in members_of(base) for base in bases_of(kind))


def _call(value, method):
    """Returns what the method returns, without its metadata; None if it raises."""
    try:
        data = getattr(value, method)()
    except Exception:
        return None
    if type(data) is tuple and len(data) == 2:
        data = data[0]
    return data


def _drawn(figure):
    """Returns the figure as PNG; None if drawing raises or writes nothing."""
    file = BytesIO()
    try:
        figure.savefig(file, format="png")
        return file.getvalue() or None
    except Exception:  # drawing it, or a file that it has closed
        return None


def _as_text(mime, data):
    """Returns the rich form as JSON can hold it, or `ABSENT` if it is of no use."""
    if isinstance(data, (bytes, bytearray)):
        return b2a_base64(data[: RICH_BYTES_MAX + 1], newline=False).decode()
    if isinstance(data, str):
        return bounded(data, RICH_BYTES_MAX + 1)[0]
    return as_json(data) if mime.endswith("json") and data is not None else ABSENT
