"""Tracebacks of deep recursions, told in the time that their different frames take.

CPython looks up the position, the line and the carets of each frame, also of
those that it then only counts ("[Previous line repeated 996 more times]"): half
a second for a thousand. Frames at one place of one function are told in the same
words, so here each is looked up and formatted once. The text stays CPython's.
"""

import functools
import sys
import traceback
from traceback import StackSummary


def install():
    """Puts the quicker ways into `traceback`."""
    traceback._walk_tb_with_full_positions = _walk(traceback._walk_tb_with_full_positions)
    extract = StackSummary.__dict__["_extract_from_extended_frame_gen"].__func__
    StackSummary._extract_from_extended_frame_gen = classmethod(_extract(extract))
    StackSummary.format = _format(StackSummary.format)
    StackSummary.format_frame_summary = _format_frame(StackSummary.format_frame_summary)


def _walk(original):
    """Returns what yields each frame of a traceback with its positions."""

    @functools.wraps(original)
    def walk(tb):
        known = {}
        while tb is not None:
            frame, instruction = tb.tb_frame, tb.tb_lasti
            place = id(frame.f_code), instruction
            positions = known.get(place)
            if positions is None:
                positions = traceback._get_code_position(frame.f_code, instruction)
                if positions[0] is None:
                    # Only this entry knows its line.
                    positions = (tb.tb_lineno, *positions[1:])
                else:
                    known[place] = positions
            yield frame, positions
            tb = tb.tb_next

    return walk


def _extract(original):
    """Returns what makes a summary of frames in which equal ones are the same object."""

    @functools.wraps(original)
    def extract(klass, frames, *, limit=None, lookup_lines=True, capture_locals=False):
        limited = limit not in (None, traceback.BUILTIN_EXCEPTION_LIMIT) or hasattr(sys, "tracebacklimit")
        if limited or capture_locals:
            return original(klass, frames, limit=limit, lookup_lines=lookup_lines, capture_locals=capture_locals)
        known, order = {}, []

        def firsts():
            for frame, positions in frames:
                key = id(frame.f_code), positions
                place = known.get(key)
                if place is None:
                    place = known[key] = len(known)
                    yield frame, positions
                order.append(place)

        summary = original(klass, firsts(), lookup_lines=lookup_lines)
        summary[:] = map(tuple(summary).__getitem__, order)
        return summary

    return extract


def _format(original):
    """Returns what formats a summary, and remembers meanwhile how it has formatted each frame."""

    @functools.wraps(original)
    def format(self, **options):
        self._formatted = {}
        try:
            return original(self, **options)
        finally:
            self._formatted = None

    return format


def _format_frame(original):
    @functools.wraps(original)
    def format_frame_summary(self, frame_summary, **options):
        known = getattr(self, "_formatted", None)
        if known is None:
            return original(self, frame_summary, **options)
        place = id(frame_summary)
        if place not in known:
            known[place] = original(self, frame_summary, **options)
        return known[place]

    return format_frame_summary
