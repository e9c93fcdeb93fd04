"""Eryx: CPython as a WebAssembly component, under wasmtime."""

import os
from importlib.metadata import version

import eryx
import protocol


class Worker:
    def hello(self):
        return {"version": version("pyeryx")}

    def load(self, source):
        self.session = eryx.Session(execution_timeout_ms=600_000)
        self.session.execute(source)
        return {}

    def run(self, size):
        seconds, _ = protocol.timed(lambda: self.session.execute(f"value = run({size})"))
        return {"seconds": seconds, "value": self.session.execute("print(repr(value))").stdout_text.rstrip("\n")}

    def fresh(self, count):
        def one():
            assert eryx.Sandbox().execute("result = 1+1").result == 2

        return protocol.repeated(one, count)

    def warm(self, count):
        session = eryx.Session()
        session.execute("x = 0")
        return protocol.repeated(lambda: session.execute("x = x + 1"), count)


protocol.serve(Worker())
os._exit(0)
