"""Tools in the namespace of cells."""

import unittest
from unittest.mock import patch

from exuvia import _tools


class Tools(unittest.TestCase):
    def tearDown(self):
        _tools.names.clear()
        _tools._provided.clear()

    def test_cells_see_tools_by_name_but_for_those_of_builtins(self):
        _tools.declare(["own", "max", "print"])
        namespace = {}
        code = compile("own(max(print))", "<cell>", "exec")
        with patch.object(_tools, "function", lambda name: "tool " + name):
            _tools.provide(namespace, code)
            self.assertEqual(namespace, {"own": "tool own"})
            _tools.provide(namespace, compile("dir()", "<cell>", "exec"))
            self.assertEqual(namespace, {"own": "tool own"})
            from exuvia import tools

            self.assertEqual((tools.max, dir(tools)), ("tool max", ["max", "own", "print"]))
