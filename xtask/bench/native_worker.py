"""CPython as it is on this machine, without any sandbox."""

import os
import sys
import tempfile

import protocol


class Native:
    def hello(self):
        return {"version": sys.version.split()[0]}

    def load(self, source):
        self.names = {"__name__": "program"}
        exec(compile(source, "<program>", "exec"), self.names)
        return {}

    def run(self, size):
        seconds, value = protocol.timed(lambda: eval(f"run({size})", self.names))
        return {"seconds": seconds, "value": repr(value)}

    def fresh(self, count):
        raise NotImplementedError("it has no sandboxes")

    def warm(self, cells):
        names = {"x": 0}
        return protocol.each(lambda cell: exec(cell, names), cells)

    def calls(self, call, count):
        raise NotImplementedError("it has no host")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    protocol.serve(Native())
