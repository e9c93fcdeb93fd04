"""Cells: what is the value, what is not, and that the code runs as it is written."""

import __main__
import ast
import dataclasses
import inspect
import json.decoder
import sys
import textwrap
import typing
import unittest
import unittest.case
import warnings

from exuvia import _cell
from stand_in import Streams, cell, value

SOURCES = """
x = 1|x += 1|x <<= 1|x >>= 1|x <= 1|x >= 1|x == 1|x != 1|x|x.real|1|"text"|x = y = 2|x; y|x = 1; x|x = ";"|";"
import sys|import sys as s|from sys import path|del x|pass|assert x|x if x else y|not x|lambda: 0|lambda a=1: a
print()|f"{x=}"|f"{x!r:>{x}}"|x[0] = 1|d["k"]|d["k"] = 1|x,|x, y = 1, 2|*d, x|(x := 5)|[a for a in range(3)]|{1: 2}
if x: y|for a in d: a|while 0: x|with c: x|try: x
def f(a=1): return a|class A: a = 1|async def f(): x|@f|type X = int|type(x)|match(x)|match = 1|match|type = 1|print = 1
from_ = 1|import_ + 1|if_|x = 1 # note|x # note|# note| x|\tx|\f1|x = "\\d"|"\\d"|a.b = 1|a.b += 1|a.b == 1|...|None|x: int|x: int = 1
raise x|global x|await f()|x = await f()|[await f()]|async for a in b: a|await_ = 1|x=1|x=-1|x =+ 1|x-=-1|é = 1|é
x = 1\\ny = 2|x = 1\\nx|def f():\\n  return 1|def f():\\n  return 1\\nf()|if x:\\n  y|(\\n1,\\n2)|x = '''\\ny'''|x\\n|x = 1\\n|\\nx|x\\n\\n# end
for a in b:\\n  a\\nelse:\\n  a|"doc"\\nx|"doc"\\nx = 1|x\\r\\ny|x\\ry|\\n||   |from __future__ import division|x = (\\n1)|f(a\\n=1)
""".strip().replace("\n", "|").split("|")

DIVIDED_HEADS = (
    "x = 1\n", "def f(a):\n  return a\n\n", "if x:\n  y\nelse: z\n", "'doc'\n", "x = '''\na\n'''\n", "# note\nx\n\n", "x = [\n1]\n",
)
HEADS = DIVIDED_HEADS + (
    "", "\n", "# note\n", "x = (\n", "x = [a\n", "x = \\\n", "x = '''\n", "f'''{\n", "f'{\n", "if x:\n", "if x: y\n", "try:\n  x\n", "@f\n",
    "for a in b: c\n", "x = '\\d'\n", "x\n  \n\t\n", "match x:\n  case 1: y\n", "match x:\n", "'a'\n'b'\n", "x; \\\n", "await x\n", "x = 1 +\n",
    "return 1\n", "break\n", "async def f():\n  await g()\n", "type X = int\n", "x: int\n", "lambda:\n", "class A:\n  x\n  ", "x = 1\r\n", "\f\n",
)
DIVIDED_TAILS = (
    "x", "x + 1\n", "f(\n  1,\n)\n", "print(x)  # why\n\n# end", "x == 1", "await f()", "x if y else z", "{\n 'a': 1}", "[a for a in b]\n", "f'{x}'",
)
TAILS = DIVIDED_TAILS + (
    "x = 1", "x; y", "x;", "else: x", "for a in b: c", "for a in b]", "x)", "x'''", "}'''", "}'", "case (1)", "case 1: x", "'doc'", "x, y", "*x",
    "*x,", "yield x", "yield", "def f(): x", "d['k'] = 1", "x\n  y", "x\n)", "\\", "x \\\n + 1", "-x", ".5", "...", "not x", "lambda: 0", "1 is 1",
    "(y := 1)", "y := 1", "in x", "and x", "is x", "if x else y", "(x)", "match (x)", "type (x)", "print", "x: int", "x.y", "return x", "pass",
    "f'''{\nx}'''", "x\r\n", "f(a\n=1)", "b = 1)", "'\\d'",
)


def _parts(codes):
    """Returns what code objects are compared by: all but their names."""
    return [code and (code, code.co_flags, list(code.co_positions()), code.co_names) for code in codes]


def expected(source):
    """Says by the syntax tree whether the cell has a value; None for a syntax error."""
    try:
        tree = compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | 0x2000, True)
        compile(tree, "<cell>", "exec", 0x2000, True)
    except SyntaxError:
        return None
    return bool(tree.body) and isinstance(tree.body[-1], ast.Expr)


class Cells(unittest.TestCase):
    def test_the_short_ways_agree_with_the_syntax_tree(self):
        for source in SOURCES:
            source = source.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace("\\f", "\f")
            with self.subTest(source=source), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.assertEqual(_has_value(source), expected(source))

    def test_what_is_divided_without_a_syntax_tree_is_what_the_tree_gives(self):
        for head in HEADS:
            for tail in TAILS:
                with self.subTest(head=head, tail=tail), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        codes = _cell._split(head + tail, "<cell>")
                    except SyntaxError:
                        codes = None
                    divided = _cell._divided(head + tail, "<cell>")
                    if divided is not None:
                        if divided[1] and not codes[1]:
                            # Blank lines and notes make a module of their own.
                            codes = compile(head, "<cell>", "exec", _cell.flags, True), codes[0]
                        self.assertEqual(_parts(divided), _parts(codes))
        for head in DIVIDED_HEADS:
            for tail in DIVIDED_TAILS:
                with self.subTest(head=head, tail=tail):
                    self.assertIsNotNone(_cell._divided(head + tail, "<cell>"))

    def test_modules_of_the_library_are_divided_as_the_tree_does(self):
        for module in (ast, inspect, unittest.case, warnings, json.decoder, textwrap, typing, dataclasses):
            source = inspect.getsource(module) + "\nprint(\n  1, # one\n)\n"
            with self.subTest(module=module.__name__):
                divided = _cell._divided(source, "<cell>")
                # One that names imports from the future is left to the tree.
                self.assertEqual(divided is None, "__future__" in source)
                if divided is not None:
                    self.assertEqual(_parts(divided), _parts(_cell._split(source, "<cell>")))

    def test_values(self):
        self.assertIsNone(cell("a1 = 20"))
        self.assertEqual(
            cell("a1 + 1"),
            {"value": {"repr": "21", "type": "int", "json": 21, "rich": {}, "truncated": False}},
        )
        self.assertEqual(value("_ + 1"), "22")
        self.assertEqual(value("'a\\'\"\\n\\x7f'"), repr("a'\"\n\x7f"))
        self.assertEqual(value("None\n[a1, (1.5, None)]\n"), "[20, (1.5, None)]")
        self.assertIsNone(cell("None"))
        self.assertIsNone(cell(""))

    def test_a_source_that_runs_again_and_again(self):
        sources = ["again = again + 1 if 'again' in globals() else 1", "def f(a=1):\n  return lambda: [a, (lambda: f)]\nf()() and f"]
        cells = []
        for _ in range(5):
            for source in sources:
                cell(source)
                cells.append((_cell.number, value("f") and __main__.f if source is sources[1] else None))
        self.assertEqual(value("again"), "5")
        functions = [(number, f) for number, f in cells if f]
        for number, f in functions:
            inner = f()
            for code in (f.__code__, inner.__code__, inner()[1].__code__):
                self.assertEqual((code.co_filename, code.co_firstlineno), (f"<cell {number}>", 2 if code is not f.__code__ else 1))
            self.assertEqual(inspect.getsource(f), "def f(a=1):\n  return lambda: [a, (lambda: f)]\n")
        for number in range(5):
            error = cell("again + nothing")["error"]
            self.assertEqual([frame["line"] for frame in error["frames"]], [1])
            self.assertEqual(error["frames"][0]["file"], f"<cell {_cell.number}>")
            self.assertEqual(cell("1 +")["error"]["type"], "SyntaxError")

    def test_few_sources_are_remembered(self):
        for number in range(3 * _cell.REPEATS_MAX):
            cell(f"x = {number}")
        cell(f"x = '{'x' * _cell.REPEATED_CHARACTERS_MAX}'")
        self.assertEqual(len(_cell._repeats), _cell.REPEATS_MAX)
        self.assertNotIn("xxx", str(_cell._repeats))

    def test_what_warns_warns_each_time(self):
        for number in range(4):
            with Streams() as streams:
                self.assertEqual(value("1 is 1"), "True")
            self.assertIn("SyntaxWarning", streams.err)

    def test_the_same_source_after_an_import_from_the_future(self):
        _cell.reset()
        for number in range(3):
            cell("def g(a: b): pass")
        self.assertEqual(cell("g.__annotations__")["error"]["type"], "NameError")
        cell("from __future__ import annotations")
        for number in range(3):
            cell("def g(a: b): pass")
            self.assertEqual(value("g.__annotations__"), "{'a': 'b'}")
        _cell.reset()

    def test_underscore_of_the_program_stays(self):
        cell("_ = 'mine'")
        cell("3 + 4")
        self.assertEqual(value("_"), "'mine'")
        cell("del _")
        cell("3 + 4")
        self.assertEqual(value("_"), "7")

    def test_semicolons_and_docstrings(self):
        __main__.__doc__ = None
        self.assertEqual(value("b1 = 1; b1 + 1"), "2")
        self.assertEqual(value("'text'"), "'text'")
        self.assertIsNone(__main__.__doc__)
        self.assertIsNone(cell("'doc'\nb1 = 1"))
        self.assertEqual(__main__.__doc__, "doc")

    def test_future_imports_stay_in_force(self):
        kept = _cell.flags
        cell("from __future__ import annotations\ndef f1(x: 1 + 1): pass\nf1")
        self.assertEqual(value("f1.__annotations__"), "{'x': '1 + 1'}")
        self.assertIsNone(cell("def f1(x: 2 + 1): pass"))
        self.assertEqual(value("f1.__annotations__"), "{'x': '2 + 1'}")
        _cell.flags = kept

    def test_warnings_come_once(self):
        for source in ("w1 = '\\d'", "'\\d'", "w1 = {}\nw1['\\d'] = 1", "w1['\\d'] = 1", "1 is 1", "w1 = 1 is 1"):
            with self.subTest(source=source), Streams() as streams:
                cell(source)
            self.assertEqual(streams.err.count("SyntaxWarning"), 1, streams.err)

    def test_sources_are_known(self):
        cell("# first\ndef g1():\n    return 1  # here\n")
        self.assertEqual(inspect.getsource(__main__.g1), "def g1():\n    return 1  # here\n")
        self.assertIsNone(cell("g2 = lambda: 2"))
        self.assertEqual(inspect.getsource(__main__.g2), "g2 = lambda: 2\n")

    def test_too_deep_for_a_syntax_tree_runs_without_a_value(self):
        def shallow(text, name, mode, flags, *rest):
            if flags & _cell.ONLY_AST:
                raise RecursionError("maximum recursion depth exceeded during ast construction")
            return compile(text, name, mode, flags, *rest)

        _cell.compile = shallow
        try:
            self.assertIsNone(cell("s1 = 5\ns1"))
        finally:
            del _cell.compile
        self.assertEqual(__main__.s1, 5)

    def test_flush_and_broken_streams(self):
        kept = sys.stdout
        try:
            self.assertEqual(value("import sys, io; sys.stdout = io.StringIO(); sys.stdout.close(); 1"), "1")
            self.assertEqual(value("sys.stdout = None; 2"), "2")
        finally:
            sys.stdout = kept

    def test_exit(self):
        with Streams() as streams:
            codes = [cell(f"raise SystemExit({code})")["exit"]["code"] for code in ("", "3", "True", "2**70", "'why'")]
            codes.append(cell("exit()")["exit"]["code"])
            codes.append(cell("quit(4)")["exit"]["code"])
        self.assertEqual(codes, [0, 3, 1, -1, 1, 0, 4])
        self.assertEqual(streams.err, "why\n")
        self.assertFalse(sys.stdin is not None and sys.stdin.closed)


def _has_value(source):
    """Says whether the last code object that `prepare` compiles is an expression; None for a syntax error."""
    modes = []

    def recorder(text, name, mode, *rest):
        code = compile(text, name, mode, *rest)
        modes.append(mode)
        return code

    kept = _cell.flags
    _cell.compile = recorder
    try:
        _cell.prepare(source)
        return modes[-1] == "eval"
    except SyntaxError:
        return None
    finally:
        del _cell.compile
        _cell.flags = kept


if __name__ == "__main__":
    unittest.main()
