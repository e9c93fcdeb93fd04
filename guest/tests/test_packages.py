"""Packages that take this platform for another one."""

import importlib
import importlib.machinery
import os
import sys
import tempfile
import unittest

FILES = {
    "urllib3/__init__.py": "from .contrib.emscripten import inject_into_urllib3\ninject_into_urllib3()\n",
    "urllib3/contrib/__init__.py": "",
    "urllib3/contrib/emscripten/__init__.py": "import js\n",
    "sympy/__init__.py": "",
    "sympy/external/__init__.py": "",
    "sympy/external/gmpy.py": "from ctypes import c_long, sizeof\nLONG_MAX = (1 << (8 * sizeof(c_long) - 1)) - 1\n",
}


class Packages(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        for path, source in FILES.items():
            path = os.path.join(self.folder.name, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(source)
        sys.path.insert(0, self.folder.name)

    def tearDown(self):
        sys.path.remove(self.folder.name)
        self.folder.cleanup()
        for name in [name for name in sys.modules if name.partition(".")[0] in ("sympy", "urllib3")]:
            del sys.modules[name]

    def test_urllib3_is_not_told_of_a_browser(self):
        module = importlib.import_module("urllib3.contrib.emscripten")
        self.assertIsNone(module.inject_into_urllib3())
        self.assertIsInstance(module.__loader__, importlib.machinery.SourceFileLoader)

    def test_sympy_is_told_how_long_a_long_is(self):
        # wasm32 has 32-bit longs, as has Emscripten's C.
        self.assertEqual(importlib.import_module("sympy.external.gmpy").LONG_MAX, 2**31 - 1)
        with self.assertRaises(ImportError):
            import ctypes  # noqa: F401
