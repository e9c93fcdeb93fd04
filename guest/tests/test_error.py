"""Errors: the text is CPython's, the structure fits it, and hostile exceptions are survived."""

import linecache
import sys
import traceback
import unittest

from exuvia import _cell
from stand_in import cell

PROGRAMS = {
    "plain": "def f(x):\n    return 1 / x\n\nf(0)",
    "one line": "1 / 0",
    "assignment": "y = nothing_here",
    "suggestion": "counter = 1\ncountre",
    "import": "import no_such_module_here",
    "cause": "try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('bad') from e",
    "context": "try:\n    1/0\nexcept Exception:\n    int('a')",
    "suppressed": "try:\n    1/0\nexcept Exception:\n    raise ValueError('v') from None",
    "notes": "e = ValueError('v')\ne.add_note('first\\nsecond')\nraise e",
    "group": "raise ExceptionGroup('many', [ValueError(1), ExceptionGroup('in', [KeyError('k')])])",
    "recursion": "def f(n):\n    return f(n + 1)\nf(0)",
    "class": "class Own(Exception): pass\nraise Own('x')",
    "in value": "x = 1\n(x +\n  1 / 0)",
    "unicode": "é = 'ü'; é + 'ß' + 1",
    "multi": "def f(a,\n      b): raise OSError(2, 'no',\n   'file')\nf(1,\n  2)",
    "keyboard": "raise KeyboardInterrupt",
    "library": "import json\njson.loads('{')",
    "syntax: parser": "x = (1,\n",
    "syntax: compiler": "x = 1\nreturn 5",
    "syntax: name": "def f(a, a): pass",
    "syntax: keyword": "fro x in y: pass",
    "syntax: indent": "if 1:\nx",
    "syntax: tab": "if 1:\n\tx\n        y",
    "syntax: import star": "def f():\n    from sys import *",
    "syntax: space": " x",
    "syntax: unicode": "é = (ü",
    "syntax: eof": "'''abc",
    "syntax: await": "def f(): await x",
}


def expected_text(source, name):
    """Returns what CPython prints for the same source run as a file of that name."""
    lines = [line + "\n" for line in source.split("\n")]
    linecache.cache[name] = (len(source), None, lines, name)
    try:
        exec(compile(source, name, "exec", _cell.flags, True), {"__name__": "__main__"})
    except BaseException as error:
        if isinstance(error, SyntaxError) and error.text is None:
            error.text = linecache.getline(name, error.lineno)
        entry = error.__traceback__.tb_next
        if entry is None and not isinstance(error, SyntaxError):
            raise
        text = traceback.format_exception(type(error), error, entry)
        context = error.__context__
        if context is not None and context.__traceback__.tb_frame.f_code is sys._getframe().f_code:
            context.__traceback__ = context.__traceback__.tb_next
            text = traceback.format_exception(type(error), error, entry)
        return "".join(text)
    raise AssertionError("the program raised nothing")


def frames(report):
    return [(f["file"], f["line"], f["column"], f["end_column"], f["function"], f["source"]) for f in report["frames"]]


class Errors(unittest.TestCase):
    maxDiff = None

    def test_text_is_that_of_cpython(self):
        for title, source in PROGRAMS.items():
            with self.subTest(title):
                report = cell(source)["error"]
                name = f"<cell {_cell.number}>"
                text, wanted = report["traceback"], expected_text(source, name)
                if title == "recursion":
                    text, wanted = (re_count(each) for each in (text, wanted))
                self.assertEqual(text, wanted)

    def test_structure(self):
        report = cell("def f(x):\n  return 'é' + (1 / x)\nf(0)")["error"]
        name = f"<cell {_cell.number}>"
        text = report.pop("traceback")
        self.assertTrue(text.endswith("ZeroDivisionError: division by zero\n"), text)
        self.assertEqual(
            frames(report),
            [(name, 3, 1, 5, "<module>", "f(0)"), (name, 2, 17, 22, "f", "  return 'é' + (1 / x)")],
        )
        del report["frames"]
        self.assertEqual(
            report,
            {"type": "ZeroDivisionError", "message": "division by zero", "notes": [], "cause": None,
             "context": None, "group": [], "syntax": None, "limit": None},
        )

    def test_chain_group_and_names(self):
        report = cell(PROGRAMS["cause"])["error"]
        self.assertEqual((report["type"], report["cause"]["type"], report["context"]), ("ValueError", "KeyError", None))
        report = cell(PROGRAMS["suppressed"])["error"]
        self.assertEqual((report["cause"], report["context"]), (None, None))
        report = cell(PROGRAMS["context"])["error"]
        self.assertEqual(report["context"]["type"], "ZeroDivisionError")
        report = cell(PROGRAMS["group"])["error"]
        self.assertEqual([each["type"] for each in report["group"]], ["ValueError", "ExceptionGroup"])
        self.assertEqual(report["group"][1]["group"][0]["message"], "'k'")
        self.assertEqual(cell("import json; json.loads('{')")["error"]["type"], "json.decoder.JSONDecodeError")

    def test_syntax(self):
        report = cell("x = 1\ny = = 2")["error"]
        self.assertEqual(report["type"], "SyntaxError")
        self.assertEqual(report["message"], "invalid syntax")
        self.assertEqual(report["frames"], [])
        self.assertEqual(
            report["syntax"],
            {"file": f"<cell {_cell.number}>", "line": 2, "end_line": 2, "column": 5, "end_column": 6, "text": "y = = 2"},
        )

    def test_raising_repr_is_the_cells_error(self):
        report = cell("class R:\n  def __repr__(self): return 1 / 0\nR()")["error"]
        self.assertEqual(report["type"], "ZeroDivisionError")
        self.assertEqual([f["function"] for f in report["frames"]], ["__repr__"])

    def test_hostile_exceptions(self):
        hostile = {
            "class E(Exception):\n  def __str__(self): raise KeyError\nraise E": ("E", "<exception str() failed>"),
            "class E(Exception):\n  @property\n  def __traceback__(self): raise KeyError\n  @property\n"
            "  def __cause__(self): raise KeyError\nraise E('m')": ("E", "m"),
            "class E(Exception):\n  @property\n  def __class__(self): return SystemExit\nraise E('m')": ("E", "m"),
            "class M(type):\n  def __getattribute__(self, name): raise KeyError\n"
            "class E(Exception, metaclass=M): pass\nraise E('m')": ("E", "m"),
            "class S(str):\n  def isascii(self): raise KeyError\nclass E(Exception):\n"
            "  def __str__(self): return S('m')\nraise E": ("E", "m"),
            "e = ValueError('\\ud800')\ne.__notes__ = 5\nraise e": ("ValueError", "\\ud800"),
            "class E(Exception):\n  def __str__(self): raise BaseException('inner')\nraise E": ("E", "<exception str() failed>"),
            "a = ValueError(1); b = ValueError(2); a.__cause__ = b; b.__cause__ = a\nraise a": ("ValueError", "1"),
            "e = None\nfor i in range(500):\n  n = ValueError(i); n.__cause__ = e; e = n\nraise e": ("ValueError", "499"),
            "raise ExceptionGroup('g', [ValueError('x' * 100000) for i in range(500)])": (
                "ExceptionGroup", "g (500 sub-exceptions)"),
            "e = ValueError('v')\ne.__notes__ = ['n' * 10**6] * 50\nraise e": ("ValueError", "v"),
            "e = SyntaxError('m'); e.text = 5; e.lineno = 'a'; e.offset = -3; raise e": ("SyntaxError", "m"),
        }
        for source, (kind, message) in hostile.items():
            with self.subTest(source):
                from exuvia import _entry
                import json

                data = _entry.enter(0, source.encode())
                self.assertLessEqual(len(data), 1 << 20)
                report = json.loads(data)["error"]
                self.assertEqual((report["type"], report["message"]), (kind, message))
                data.decode("ascii")

    def test_huge_message_is_bounded(self):
        report = cell("raise ValueError('x' * 10**7)")["error"]
        self.assertEqual(len(report["message"]), 16 << 10)
        self.assertLess(len(report["traceback"]), 300_000)
        self.assertIn("characters left out", report["traceback"])

    def test_frames_keep_head_and_tail(self):
        report = cell("def f(n):\n    return g(n + 1)\ndef g(n):\n    return f(n)\nf(0)")["error"]
        self.assertEqual(len(report["frames"]), 100)
        self.assertEqual(report["frames"][0]["function"], "<module>")
        self.assertEqual({f["function"] for f in report["frames"][1:]}, {"f", "g"})

    def test_last_exception_is_kept_without_our_frames(self):
        cell("def f(): raise ValueError('kept')\nf()")
        self.assertEqual(str(sys.last_value), "kept")
        self.assertEqual(sys.last_traceback.tb_frame.f_code.co_filename, f"<cell {_cell.number}>")


def re_count(text):
    import re

    return re.sub(r"repeated \d+ more", "repeated N more", text)
