"""What the interpreter is after booting: sealed imports, builtins, paths, configuration."""

import builtins
import importlib
import importlib.util
import logging
import os
import posix
import signal
import sys
import unittest

from exuvia import _seal
from stand_in import cell, enter, value


class Boot(unittest.TestCase):
    def test_no_javascript(self):
        for name in ("js", "pyodide_js", "_pyodide_core", "_pyodide", "pyodide", "pyodide.ffi"):
            report = cell(f"import {name}")["error"]
            top = name.partition(".")[0]
            self.assertEqual((report["type"], report["message"]), ("ModuleNotFoundError", f"No module named '{top}'"))
            self.assertEqual(len(report["frames"]), 1)
        self.assertIsNone(importlib.util.find_spec("pyodide"))
        self.assertIsNone(importlib.util.find_spec("_pyodide_core"))

    def test_seal_leaves_imports_alone(self):
        importlib.invalidate_caches()
        self.assertEqual([each.__name__ for each in sys.meta_path], ["Builtins", "FrozenImporter", "PathFinder"])
        before = list(sys.meta_path)
        _seal.seal()
        self.assertEqual(sys.meta_path, before)
        self.assertIsNone(cell("import _zoneinfo, colorsys, email.mime.text"))
        self.assertEqual(value("__import__('importlib.metadata').metadata.version.__name__"), "'version'")

    def test_asyncio_is_hooked_when_imported(self):
        import asyncio.unix_events
        from exuvia._loop import Loop

        self.assertIs(asyncio.EventLoop, Loop)
        self.assertEqual(type(asyncio.unix_events.__spec__.loader).__name__, "zipimporter")
        self.assertIs(asyncio.unix_events.__loader__, asyncio.unix_events.__spec__.loader)

    def test_builtins_of_site(self):
        self.assertEqual(repr(exit), "Use exit() or Ctrl-D (i.e. EOF) to exit")
        self.assertEqual(repr(builtins.quit), "Use quit() or Ctrl-D (i.e. EOF) to exit")
        self.assertTrue(repr(builtins.credits).startswith("Thanks to CWI"))
        self.assertEqual(repr(builtins.copyright), sys.copyright)
        self.assertTrue(repr(builtins.help).startswith("Type help()"))

    def test_places(self):
        self.assertEqual((sys.executable, sys.prefix), ("/usr/bin/python3", "/usr"))
        self.assertEqual((sys.path[-1], sys.path.count("")), ("/usr/lib/python3.14/site-packages", 1))
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_configure(self):
        kept = dict(os.environ), sys.argv[:], sys.path[:], os.getcwd()
        logging._startTime = 1
        try:
            self.assertIsNone(enter(3))
            self.assertEqual((dict(os.environ), sys.argv, sys.path, os.getcwd()), kept)
            self.assertGreater(logging._startTime, 1)
            request = {"argv": ["p", "q"], "env": {"A": "é"}, "cwd": "/tmp", "isolated_path": ["/lib/own"], "recursion": 900}
            self.assertIsNone(enter(3, request))
            self.assertEqual((dict(os.environ), posix.environ), ({"A": "é"}, {b"A": "é".encode()}))
            self.assertEqual((sys.argv, os.getcwd()), (["p", "q"], "/tmp"))
            self.assertEqual((sys.path.count("/lib/own"), sys.getrecursionlimit()), (1, 900))
            self.assertEqual(enter(3, {"cwd": "/nowhere"})["error"]["type"], "FileNotFoundError")
        finally:
            enter(3, {"env": kept[0], "argv": kept[1], "cwd": kept[3], "recursion": 1000})
            sys.path[:] = kept[2]

    def test_warming_up_leaves_nothing(self):
        from exuvia import _cell

        _cell.reset()
        self.assertEqual((_cell.number, "_0" in _cell.namespace, "_" in _cell.namespace), (0, False, False))
        cell("1")
        self.assertEqual(_cell.number, 1)
        self.assertEqual(value("_"), "1")

    def test_unknown_operation(self):
        self.assertEqual(enter(9)["error"]["message"], "operation 9 is not known")


class Complete(unittest.TestCase):
    def matches(self, text, cursor=None):
        answer = enter(4, {"text": text, "cursor": len(text) if cursor is None else cursor})
        return answer["start"], answer["matches"]

    def test_names(self):
        cell("alpha_one = 1\nalpha_two = {'key_a': 1, 'key_b': 2}")
        self.assertEqual(self.matches("x = alpha_"), (4, ["alpha_one", "alpha_two"]))
        self.assertEqual(self.matches("alpha_two['key_"), (11, ["key_a", "key_b"]))
        self.assertEqual(self.matches("nonl"), (0, ["nonlocal"]))
        self.assertEqual(self.matches("é + isinst", None), (4, ["isinstance"]))
        self.assertEqual(self.matches("isinst)", 6), (0, ["isinstance"]))
        self.assertEqual(self.matches("f().al"), (4, []))

    def test_attributes_without_running_code(self):
        cell("ran = []\nclass P:\n  kind = 'k'\n  def __init__(self): self.inner = self\n  @property\n  def prop(self): ran.append(1); return self\n"
             "  def __getattr__(self, n): ran.append(2)\n  def __dir__(self): ran.append(3); return []\np = P()")
        self.assertEqual(self.matches("p.inner.inner.pr")[1], ["prop"])
        self.assertEqual(self.matches("p.prop.fge")[1], [])
        self.assertEqual(self.matches("p.kind.isal")[1], ["isalnum", "isalpha"])
        self.assertEqual(self.matches("P.kin")[1], ["kind"])
        self.assertEqual(value("ran"), "[]")

    def test_imports(self):
        self.assertIn("colorsys", self.matches("import colors")[1])
        self.assertEqual(self.matches("import os.pa")[1], ["path"])
        self.assertEqual(self.matches("from os import getcw")[1], ["getcwd", "getcwdb"])
        self.assertEqual(self.matches("import email.mi")[1], ["mime"])

    def test_completeness(self):
        states = {
            "x = 1": "complete", "x = (": "incomplete", "for i in x:": "incomplete", "if x:\n  y": "incomplete",
            "if x:\n  y\n": "complete", "x = = 1": "invalid", "a = 1\nb = 2": "complete", "a = 1\nif b:\n  c": "incomplete",
            "a = 1\nif b:\n  c\n": "complete", "'''a": "incomplete", "'a": "invalid", "": "complete", "# note": "complete",
            "await x": "complete", "x = 1\ny = [": "incomplete", "@d": "incomplete", "a = 1\ndef f():": "incomplete",
        }
        self.assertEqual({source: enter(5, source)["state"] for source in states}, states)


if __name__ == "__main__":
    unittest.main()
