"""The report of an exception that nobody caught.

    ERROR = {"type": str, "message": str, "notes": [str], "frames": [FRAME],
             "cause": ERROR or null, "context": ERROR or null, "group": [ERROR],
             "syntax": SYNTAX or null, "traceback": str, "limit": "time" | "output" | null}
    FRAME = {"file": str, "line": int, "end_line": int, "column": int, "end_column": int,
             "function": str, "source": str}
    SYNTAX = {"file": str, "line": int, "end_line": int, "column": int, "end_column": int,
              "text": str}

Lines and columns count from 1, columns in characters; `end_column` is the
first one after the span; each may be null. `source` is the frame's first line,
not stripped, so that the columns fit. `context` is null where `__cause__` or
`__suppress_context__` hides it, as in a traceback. `traceback` is the text as
CPython prints it, and is empty in nested ERRORs. Frames of this package are left out.

Bounds: `FRAMES_MAX` frames an error (the outermost and the innermost half) and
`FRAMES_TOTAL_MAX` in all, `ERRORS_MAX` errors in all, `DEPTH_MAX` levels, and the
byte bounds below. Hostile exceptions (a raising `__str__`, a lying property, a
ring of causes) cost at most their own report: what cannot be read is reported in
a few words. Formatting runs the program's code, so the time limit holds here too.
"""

import linecache
import sys
import traceback

from . import Limit, OutputLimit, TimeLimit
from ._value import bounded, to_json

FRAMES_MAX = 100
FRAMES_TOTAL_MAX = 400
ERRORS_MAX = 64
DEPTH_MAX = 16
NOTES_MAX = 32
TRACEBACK_BYTES_MAX = 256 << 10
MESSAGE_BYTES_MAX = 16 << 10
SOURCE_BYTES_MAX = 512
NAME_BYTES_MAX = 256
ANSWER_BYTES_MAX = 1 << 20

PACKAGE = __file__.rpartition("/")[0] + "/"
"""Where this package's code objects say they come from."""


def answer(error):
    """Returns the answer for an exception as bytes: `{"error": ERROR}` or `{"exit": …}`."""
    for _ in range(3):
        try:
            kind = type(error)
            if issubclass(kind, SystemExit):
                return exit_answer(error)
            trim(error)
            sys.last_exc = sys.last_value = error
            sys.last_type = kind
            sys.last_traceback = error.__traceback__
            return error_answer(error)
        except Limit as limit:
            error = limit  # the newer one tells more than a report cut short
        except BaseException:
            break
    return encode({"error": minimal(error)})


def error_answer(error):
    """Returns `{"error": ERROR}` as bytes, without changing anything."""
    try:
        data = encode({"error": describe(error)})
    except Exception:
        return encode({"error": minimal(error)})
    if len(data) > ANSWER_BYTES_MAX:
        data = encode({"error": minimal(error)})
    return data


def encode(report):
    """Returns the report as compact JSON in ASCII bytes."""
    return to_json(report).encode()


def exit_answer(error):
    """Returns `{"exit": {"code": int}}` for a SystemExit, printing what CPython prints.

    None is 0, an integer is itself (-1 beyond 64 bits, as on Linux; the host
    takes it modulo 256), anything else goes to standard error and is 1.
    """
    code = error.code
    if code is None:
        code = 0
    elif issubclass(type(code), int):
        code = int.__index__(code)
        code = code if -(1 << 63) <= code < 1 << 63 else -1
    else:
        try:
            sys.stderr.write(str(code))
            sys.stderr.write("\n")
        except Exception:
            pass
        code = 1
    return encode({"exit": {"code": code}})


def hidden(file):
    """Says whether a code object's file name is one of this package."""
    return str.startswith(file, PACKAGE)


def trim(error):
    """Takes this package's frames out of the exception's own traceback.

    What follows in its place already is not put there again: setting `tb_next` walks all that follows.
    """
    first = tail = None
    entry = BaseException.__traceback__.__get__(error)
    while entry is not None:
        if not hidden(entry.tb_frame.f_code.co_filename):
            if tail is None:
                first = entry
            elif tail.tb_next is not entry:
                tail.tb_next = entry
            tail = entry
        entry = entry.tb_next
    if tail is not None and tail.tb_next is not None:
        tail.tb_next = None
    BaseException.__traceback__.__set__(error, first)


def describe(error):
    """Returns the ERROR of an exception."""
    complete_syntax(error)
    summary = traceback.TracebackException(
        type(error), error, BaseException.__traceback__.__get__(error), compact=True
    )
    clean(summary)
    text = bounded("".join(summary.format()), sys.maxsize)[0]
    if len(text) > TRACEBACK_BYTES_MAX:
        half = TRACEBACK_BYTES_MAX // 2
        left_out = len(text) - 2 * half
        text = f"{text[:half]}\n  [... {left_out} characters left out ...]\n{text[-half:]}"
    report = _Budget().describe(summary, error, 0)
    report["traceback"] = text
    return report


def complete_syntax(error):
    """Gives a SyntaxError of the compiler the line of a cell that it is about.

    The parser knows the line; the compiler looks for a file of the cell's name.
    """
    if isinstance(error, SyntaxError) and error.text is None:
        name, line = error.filename, error.lineno
        if type(name) is str and name.startswith("<cell ") and type(line) is int:
            error.text = linecache.getline(name, line) or None


def clean(summary):
    """Takes this package's frames out of a summary and all that hang on it."""
    queue = [summary]
    while queue:
        summary = queue.pop()
        if summary.stack:
            summary.stack[:] = [frame for frame in summary.stack if not hidden(frame.filename)]
        queue.extend(filter(None, (summary.__cause__, summary.__context__)))
        queue.extend(summary.exceptions or ())


class _Budget:
    """What may still be reported of one chain of exceptions."""

    def __init__(self):
        self.errors = ERRORS_MAX
        self.frames = FRAMES_TOTAL_MAX

    def describe(self, summary, error, depth):
        """Returns the ERROR of one `TracebackException`; `error` may be None."""
        self.errors -= 1
        syntax = self.syntax(summary) if summary._is_syntax_error else None
        message = summary.msg if syntax else plain_message(error, summary)
        notes = summary.__notes__
        notes = notes if isinstance(notes, (list, tuple)) else [] if notes is None else [notes]
        report = {
            "type": bounded(summary.exc_type_str, NAME_BYTES_MAX)[0],
            "message": bounded(safe_text(message), MESSAGE_BYTES_MAX)[0],
            "notes": [
                bounded(safe_text(note), MESSAGE_BYTES_MAX // 8)[0] for note in notes[:NOTES_MAX]
            ],
            "frames": self.stack(summary.stack or ()),
            "cause": None,
            "context": None,
            "group": [],
            "syntax": syntax,
            "traceback": "",
            "limit": limit_name(summary._exc_type),
        }
        if depth + 1 < DEPTH_MAX:
            if summary.__cause__ is not None:
                report["cause"] = self.nested(summary.__cause__, depth)
            elif summary.__context__ is not None and not summary.__suppress_context__:
                report["context"] = self.nested(summary.__context__, depth)
            nested = (self.nested(each, depth) for each in summary.exceptions or ())
            report["group"] = [each for each in nested if each]
        return report

    def nested(self, summary, depth):
        """Returns the ERROR of a cause, a context or a member of a group; None beyond the bound."""
        return self.describe(summary, None, depth + 1) if self.errors > 0 else None

    def stack(self, stack):
        """Returns the FRAMEs, outermost first."""
        half = min(FRAMES_MAX, self.frames) // 2
        if len(stack) > 2 * half:
            stack = [*stack[:half], *(stack[-half:] if half else ())]
        self.frames -= len(stack)
        return [frame_report(frame) for frame in stack]

    def syntax(self, summary):
        """Returns the SYNTAX of a SyntaxError."""
        text = summary.text if isinstance(summary.text, str) else ""
        return {
            "file": bounded(safe_text(summary.filename or "<string>"), NAME_BYTES_MAX)[0],
            "line": whole(summary.lineno),
            "end_line": whole(summary.end_lineno),
            "column": whole(summary.offset),
            "end_column": whole(summary.end_offset),
            "text": bounded(text, SOURCE_BYTES_MAX)[0].rstrip("\n"),
        }


def plain_message(error, summary):
    """Returns `str(error)`, without the suggestion that a traceback adds where that is possible."""
    if error is None:
        return summary._str
    try:
        return str(error)
    except Exception:
        return summary._str


def safe_text(value):
    """Returns `str(value)`, or words that say that it raised."""
    try:
        return str(value)
    except Exception:
        return "<str() failed>"


def whole(value):
    """Returns a line or column number as a positive 32-bit integer, else None."""
    try:
        value = int(value)
    except Exception:
        return None
    return value if 0 < value < 1 << 31 else None


def frame_report(frame):
    """Returns the FRAME of a `FrameSummary`."""
    lines = (frame._original_lines or "").split("\n")
    first, last = lines[0], lines[-2] if len(lines) > 1 else lines[0]
    return {
        "file": bounded(frame.filename, NAME_BYTES_MAX)[0],
        "line": frame.lineno,
        "end_line": frame.end_lineno,
        "column": column(first, frame.colno),
        "end_column": column(last, frame.end_colno),
        "function": bounded(frame.name, NAME_BYTES_MAX)[0],
        "source": bounded(first, SOURCE_BYTES_MAX)[0],
    }


def column(line, offset):
    """Returns the column in characters, from 1, for an offset in bytes, from 0."""
    if offset is None:
        return None
    if line.isascii():
        return offset + 1
    return len(line.encode("utf-8", "replace")[:offset].decode("utf-8", "replace")) + 1


def limit_name(kind):
    """Returns which limit the exception stands for, if it is one of ours."""
    if kind is None or not issubclass(kind, Limit):
        return None
    if issubclass(kind, TimeLimit):
        return "time"
    return "output" if issubclass(kind, OutputLimit) else None


def minimal(error):
    """Returns an ERROR for an exception that could not be read otherwise.

    Of the program's code it runs `str` alone.
    """
    kind = type(error)
    name = bounded(type.__dict__["__qualname__"].__get__(kind), NAME_BYTES_MAX)[0]
    try:
        message = bounded(str(error), MESSAGE_BYTES_MAX)[0]
    except BaseException:
        message = "<exception str() failed>"
    return {
        "type": name,
        "message": message,
        "notes": [],
        "frames": [],
        "cause": None,
        "context": None,
        "group": [],
        "syntax": None,
        "traceback": f"{name}: {message}\n" if message else f"{name}\n",
        "limit": limit_name(kind),
    }
