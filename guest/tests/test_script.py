"""Programs as `python FILE`, `-c`, `-m` and standard input run them, and the end of the process.

The expectations are what CPython 3.14 prints: from `PyRun_FileExFlags` where a
test module of this build offers it, else written down.
"""

import __main__
import atexit
import os
import signal
import sys
import traceback
import types
import unittest
import unittest.mock

from exuvia import _script
from stand_in import Streams, enter, finishing


class Scripts(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.kept = sys.argv[:], sys.path[:], dict(vars(__main__))
        os.makedirs("/tmp/scripts", exist_ok=True)
        os.chdir("/tmp/scripts")

    def tearDown(self):
        sys.argv[:], sys.path[:], names = self.kept
        vars(__main__).clear()
        vars(__main__).update(names)

    def script(self, **request):
        with Streams() as streams:
            answer = enter(2, request)
        return answer, streams.out, streams.err

    def write(self, name, data):
        path = f"/tmp/scripts/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return path

    def test_file(self):
        path = self.write("a.py", "import sys\nprint(__name__, __file__, __spec__, sys.argv, sys.path[0], __loader__.path)\ndef f(): 1/0\nif len(sys.argv) > 2: f()\n")
        answer, out, err = self.script(mode="file", filename="a.py", argv=["a.py", "x"])
        self.assertEqual((answer, err), (None, ""))
        self.assertEqual(out, f"__main__ {path} None ['a.py', 'x'] /tmp/scripts {path}\n")
        answer, out, err = self.script(mode="file", filename=path, argv=["a.py", "x", "y"])
        self.assertEqual(
            err,
            "Traceback (most recent call last):\n"
            f'  File "{path}", line 4, in <module>\n    if len(sys.argv) > 2: f()\n                          ~^^\n'
            f'  File "{path}", line 3, in f\n    def f(): 1/0\n             ~^~\n'
            "ZeroDivisionError: division by zero\n",
        )
        self.assertEqual(answer["error"]["traceback"], err)
        self.assertEqual([f["function"] for f in answer["error"]["frames"]], ["<module>", "f"])

    def test_code_module_and_stdin(self):
        answer, out, err = self.script(mode="code", source="\n  import sys\n  print(sys.argv, sys.path[0] == '', '__file__' in globals())\n  1/0", argv=["-c", "q"])
        self.assertEqual(out, "['-c', 'q'] True False\n")
        self.assertEqual(err, 'Traceback (most recent call last):\n  File "<string>", line 4, in <module>\n    1/0\n    ~^~\nZeroDivisionError: division by zero\n')
        self.write("pkg/__init__.py", "")
        self.write("pkg/__main__.py", "import sys; print(__name__, __package__, sys.argv, __spec__.name)")
        answer, out, err = self.script(mode="module", module="pkg", argv=["-m", "z"])
        self.assertEqual((answer, out, err), (None, "__main__ pkg ['/tmp/scripts/pkg/__main__.py', 'z'] pkg.__main__\n", ""))
        answer, out, err = self.script(mode="module", module="nothing.there", argv=["-m"])
        self.assertEqual(answer, {"exit": {"code": 1}})
        self.assertEqual(err, "/usr/bin/python3: Error while finding module specification for 'nothing.there' (ModuleNotFoundError: No module named 'nothing')\n")
        answer, out, err = self.script(mode="stdin", source="print(__file__)\n1/0", argv=["-"])
        self.assertEqual((out, err), ("<stdin>\n", 'Traceback (most recent call last):\n  File "<stdin>", line 2, in <module>\nZeroDivisionError: division by zero\n'))

    def test_directory_and_missing(self):
        self.write("dir/__main__.py", "import sys; print(sys.path[0])")
        self.assertEqual(self.script(mode="file", filename="dir", argv=["dir"])[1], "/tmp/scripts/dir\n")
        answer, out, err = self.script(mode="file", filename="none.py", argv=["none.py"])
        self.assertEqual(answer, {"exit": {"code": 2}})
        self.assertEqual(err, "/usr/bin/python3: can't open file '/tmp/scripts/none.py': [Errno 44] No such file or directory\n")

    def test_exit_codes(self):
        for source, code, printed in (("raise SystemExit(3)", 3, ""), ("import sys; sys.exit('no')", 1, "no\n"), ("exit()", 0, "")):
            answer, _, err = self.script(mode="code", source=source, argv=["-c"])
            self.assertEqual((answer, err), ({"exit": {"code": code}}, printed))

    def test_top_level_await_is_no_python(self):
        answer, _, err = self.script(mode="code", source="await x", argv=["-c"])
        self.assertEqual(answer["error"]["message"], "'await' outside function")

    def test_excepthook(self):
        source = "import sys\ndef hook(t, v, tb): print('hooked', t.__name__, tb.tb_lineno)\nsys.excepthook = hook\n1/0"
        try:
            answer, out, err = self.script(mode="code", source=source, argv=["-c"])
            self.assertEqual((out, err, answer["error"]["type"]), ("hooked ZeroDivisionError 4\n", "", "ZeroDivisionError"))
            source = "import sys\ndef hook(*a): raise KeyError('k')\nsys.excepthook = hook\n1/0"
            answer, out, err = self.script(mode="code", source=source, argv=["-c"])
        finally:
            sys.excepthook = sys.__excepthook__
        self.assertEqual(
            err,
            'Error in sys.excepthook:\nTraceback (most recent call last):\n  File "<string>", line 2, in hook\n'
            "    def hook(*a): raise KeyError('k')\n                  ^^^^^^^^^^^^^^^^^^^\nKeyError: 'k'\n"
            '\nOriginal exception was:\nTraceback (most recent call last):\n  File "<string>", line 4, in <module>\n'
            "    1/0\n    ~^~\nZeroDivisionError: division by zero\n",
        )

    def test_files_that_cannot_be_read_as_python(self):
        import _testcapi

        sources = [
            b"x='\xe9'", b"# coding: latin-1\nprint('\xe9')", b"\xef\xbb\xbfprint(1)", b"x=1\0", b"x=1\ny=\0\nz", b"x = = 1\n\0",
            b"# coding: foo\n", b"\n\nx = '\xff'\n", b"\xef\xbb\xbf# coding: latin-1\n", b"x = (\n", b"\n return 1",
            b"# coding: latin-1\nx = '\xe9' +\n", b"def f(:\n", b"if 1:\nx", b"'''a\n", b"return 1", b"x = 'a\n", b"x\\", b"print(1)\n\n\n\n(",
        ]
        for source in sources:
            with self.subTest(source):
                path = self.write("bad.py", source)
                answer, out, err = self.script(mode="file", filename=path, argv=[path])
                with Streams() as streams:
                    wanted = ""
                    try:
                        _testcapi.run_fileexflags(path, 257, {}, {}, 1, 0, 0)
                    except SyntaxError as error:
                        wanted = "".join(traceback.format_exception(type(error), error, None))
                self.assertEqual((out, err), (streams.out, wanted))

    def test_finish(self):
        calls = []
        atexit.register(calls.append, "ran")
        atexit.register(lambda: 1 / 0)
        atexit.register(signal.raise_signal, 24)
        # The modules of these tests are a program's own: they are still wanted.
        self.enterContext(unittest.mock.patch("exuvia._script._let_go"))
        self.enterContext(finishing())
        with Streams() as streams:
            self.assertIsNone(enter(6))
        self.assertEqual(calls, ["ran"])
        self.assertEqual(streams.err.count("Exception ignored in atexit callback"), 2)
        self.assertIn("\nexuvia.TimeLimit: cell 4 ran for 30.2 s", streams.err)
        self.assertNotIn("/exuvia/", streams.err)
        kept = sys.stdout
        try:
            class Broken:
                def flush(self):
                    raise OSError(28, "No space left on device")

            sys.stdout = Broken()
            with Streams() as streams:
                sys.stdout = Broken()
                self.assertEqual(enter(6), {"exit": {"code": 120}})
        finally:
            sys.stdout = kept
        self.assertTrue(streams.err.startswith("Exception ignored while flushing sys.stdout:\nTraceback"), streams.err)

    def test_modules_are_cleared_in_order(self):
        class Loud:
            def __init__(self, name):
                self.name = name

            def __del__(self):
                gone.append(self.name)

        gone = []
        module = types.ModuleType("module")
        for name in ("plain", "_hidden", "__double__"):
            setattr(module, name, Loud(name))
        _script._clear(module.__dict__)
        # As CPython's _PyModule_ClearDict: names with one underscore first, then all others.
        self.assertEqual(gone, ["_hidden", "plain", "__double__"])
        self.assertEqual((module.plain, module._hidden), (None, None))


if __name__ == "__main__":
    unittest.main()
