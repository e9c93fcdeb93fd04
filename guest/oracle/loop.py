"""An event loop that never waits: time jumps to the next timer.

CPython's own ``BaseEventLoop`` decides what runs and in which order; only the
selector and the clock are replaced. Programs that sleep therefore print what
they would print under a real clock on an unloaded machine, at once.
"""

import asyncio.base_events


class _NoDescriptors:
    """A selector with nothing registered: a wait moves the loop's clock."""

    def __init__(self, loop):
        self._loop = loop

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError("the program waits for something that never comes")
        if timeout > 0:
            self._loop.advance(timeout)
        return ()


class VirtualClockLoop(asyncio.base_events.BaseEventLoop):
    """CPython's event loop without descriptors, on a clock of its own."""

    def __init__(self):
        super().__init__()
        self._now = 1000.0
        self._selector = _NoDescriptors(self)
        self._clock_resolution = 1e-9

    def time(self):
        return self._now

    def advance(self, seconds):
        self._now += seconds

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass
