"""The sources of cells: what `linecache` says of them, and what is forgotten."""

import inspect
import linecache
import traceback
import unittest

import __main__
from exuvia import _cell, _sources
from stand_in import cell

# What `linecache` says of a file with that content: the oracle, which reads it line by line.
SOURCES = ["x", "x\n", "x\ny", "x\ny\n", "x\r\ny\r\n", "x\ry", "\n", "\n\nx", "# é €\nx = 'ü'\n", "x = '\x0c\x1d\x85'"]


def name(number):
    return f"<cell {number}>"


class Sources(unittest.TestCase):
    def setUp(self):
        self.number = _cell.number

    def remember(self, source):
        """Keeps a source as that of the next cell; returns its name."""
        _cell.number += 1
        _sources.remember(_cell.number, source)
        return name(_cell.number)

    def test_lines_are_those_of_a_file(self):
        for source in SOURCES:
            with self.subTest(source=source):
                path = "/tmp/as_a_file.py"
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(source)
                linecache.cache.pop(path, None)
                self.assertEqual(linecache.getlines(self.remember(source)), linecache.getlines(path))

    def test_each_is_found_in_any_order(self):
        named = {self.remember(f"a = {n}\nb = {'é' * n}"): n for n in range(300)}
        for each, n in sorted(named.items()):
            self.assertEqual(linecache.getline(each, 2), f"b = {'é' * n}\n")
            self.assertEqual(linecache.getline(each, 3), "")
        self.assertEqual(linecache.getline(name(_cell.number + 1), 1), "")

    def test_sources_are_found_by_what_asks_for_them(self):
        cell("def s1():\n    return 1  # here\ndef s2():\n    s1(2)")
        self.assertEqual(inspect.getsource(__main__.s1), "def s1():\n    return 1  # here\n")
        try:
            __main__.s2()
        except TypeError:
            self.assertIn("    s1(2)\n", traceback.format_exc())

    def test_they_survive_what_forgets_files(self):
        cell("s3 = lambda: 3")
        linecache.checkcache()
        linecache.clearcache()
        self.assertEqual(inspect.getsource(__main__.s3), "s3 = lambda: 3\n")

    def test_a_program_may_put_its_own_beside_them(self):
        named = self.remember("mine")
        linecache.cache[named] = (6, None, ["theirs\n"], named)
        self.assertEqual(linecache.getline(named, 1), "theirs\n")
        del linecache.cache[named]
        self.assertEqual(linecache.getline(named, 1), "mine\n")

    def test_other_names_are_no_cells(self):
        self.remember("x")
        one = _cell.number
        for other in (f"<cell 0{one}>", f"<cell {one}", f"<cell +{one}>", f"<cell {one}>>", "<cell ²>", "<cell ٣>", "<cell >"):
            self.assertFalse(other in linecache.cache, other)
        for other in (f"<cell {'9' * 5000}>", f"<cell {2**32 - 1}>", one, None, b"<cell 1>", ("<cell 1>",)):
            self.assertFalse(other in linecache.cache, other)
            self.assertIsNone(linecache.cache.get(other))
            with self.assertRaises(KeyError):
                linecache.cache[other]

    def test_the_oldest_are_forgotten(self):
        for _ in range(_sources.CELLS_MAX + 5):
            self.remember("z1 = 0")
        newest = _cell.number
        self.assertFalse(name(newest - _sources.CELLS_MAX) in linecache.cache)
        self.assertEqual(linecache.getlines(name(newest - _sources.CELLS_MAX + 1)), ["z1 = 0\n"])
        self.assertEqual(linecache.getlines(name(newest)), ["z1 = 0\n"])

    def test_long_ones_push_out_others_but_not_themselves(self):
        few, kept = 400, _sources.BYTES_MAX
        _sources.BYTES_MAX = few
        try:
            first, second = self.remember("a" * 150), self.remember("b" * 150)
            self.assertEqual(linecache.getlines(first), ["a" * 150 + "\n"])
            self.assertTrue(second in linecache.cache)
            third = self.remember("c" * 150)
            self.assertFalse(first in linecache.cache)
            self.assertEqual(linecache.getlines(second), ["b" * 150 + "\n"])
            fourth = self.remember("d" * 1000)
            self.assertFalse(third in linecache.cache)
            self.assertEqual(linecache.getlines(fourth), ["d" * 1000 + "\n"])
        finally:
            _sources.BYTES_MAX = kept

    def test_a_session_that_begins_again_has_none(self):
        kept = _cell.number
        named = self.remember("x")
        self.assertTrue(named in linecache.cache)
        _sources.forget()
        self.assertFalse(named in linecache.cache)
        self.assertEqual(kept + 1, _cell.number)


if __name__ == "__main__":
    unittest.main()
