"""Tracebacks of deep recursions: the text of CPython's own functions, with little work."""

import traceback
import unittest
from unittest.mock import patch

RECURSIONS = """
def single(n):
    return single(n - 1) if n else 1 / n
def first(n):
    return second(n - 1) if n else 1 / n
def second(n):
    return first(n - 1) + \\
        first(n - 1) if n else {}["k"]
def twice(n):
    return (twice(n - 2) if n % 3 else 0) + (twice(n - 1) if n else 1 / n)
def chained(n):
    try:
        single(n)
    except ZeroDivisionError as error:
        raise ValueError(n) from error
"""


def original(function):
    """Returns what one of our functions stands for."""
    return function.__wrapped__


def failed(name, depth):
    """Returns what a recursion of that depth ends with."""
    names = {}
    exec(compile(RECURSIONS, "<recursions>", "exec"), names)
    traceback.linecache.cache["<recursions>"] = (1, None, RECURSIONS.splitlines(True), "<recursions>")
    try:
        names[name](depth)
    except Exception as error:
        return error


def text(error):
    return "".join(traceback.format_exception(error))


def text_of_cpython(error):
    """Returns the text by CPython's own functions."""
    summary = traceback.StackSummary
    extract = classmethod(original(summary._extract_from_extended_frame_gen.__func__))
    with (
        patch.object(traceback, "_walk_tb_with_full_positions", original(traceback._walk_tb_with_full_positions)),
        patch.object(summary, "_extract_from_extended_frame_gen", extract),
        patch.object(summary, "format", original(summary.format)),
        patch.object(summary, "format_frame_summary", original(summary.format_frame_summary)),
    ):
        return text(error)


class Frames(unittest.TestCase):
    maxDiff = None

    def test_text_is_that_of_cpython(self):
        for name in ("single", "first", "second", "twice", "chained"):
            for depth in (0, 1, 2, 3, 4, 5, 100):
                with self.subTest(name=name, depth=depth):
                    error = failed(name, depth)
                    self.assertEqual(text(error), text_of_cpython(error))

    def test_limit_is_respected(self):
        import sys

        error = failed("first", 20)
        for limit in (0, 3, -3):
            sys.tracebacklimit = limit
            try:
                self.assertEqual(text(error), text_of_cpython(error))
            finally:
                del sys.tracebacklimit
            kept = traceback.extract_tb(error.__traceback__, limit=limit)
            self.assertEqual(len(kept), abs(limit))

    def test_equal_frames_are_looked_up_once(self):
        error = failed("first", 500)
        with patch.object(traceback, "_get_code_position", wraps=traceback._get_code_position) as looked_up:
            summary = traceback.extract_tb(error.__traceback__)
        self.assertEqual((len(summary), len(set(map(id, summary)))), (502, 4))
        self.assertEqual(looked_up.call_count, 4)
        anchors = traceback._extract_caret_anchors_from_line_segment
        with patch.object(traceback, "_extract_caret_anchors_from_line_segment", wraps=anchors) as formatted:
            summary.format()
        self.assertEqual(formatted.call_count, 4)

    def test_a_changed_frame_is_formatted_anew(self):
        summary = traceback.extract_tb(failed("single", 2).__traceback__)
        before = summary.format()
        summary[0].name = "another"
        self.assertNotEqual(summary.format()[0], before[0])
