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

    def warm(self, cells):
        session = eryx.Session()
        session.execute("x = 0")
        return protocol.each(session.execute, cells)

    def snapshots(self, source, count):
        session, other = eryx.Session(), eryx.Session()
        session.execute(source)
        taken = [protocol.timed(session.snapshot_state) for _ in range(count)]
        restored = [protocol.timed(lambda: other.restore_state(snapshot))[0] for _, snapshot in taken]
        return {"taken": [seconds for seconds, _ in taken], "restored": restored}

    def calls(self, call, count):
        named = {"text": "echo(text='hello')", "record": "forecast(city='Paris', days=3)"}[call]
        limits = eryx.ResourceLimits(execution_timeout_ms=600_000, max_callback_invocations=count + 1)
        functions = (protocol.echo, protocol.forecast)
        callbacks = [{"name": each.__name__, "fn": each, "description": ""} for each in functions]
        sandbox = eryx.Sandbox(callbacks=callbacks, resource_limits=limits)
        source = f"for _ in range({count}):\n    await {named}\n"
        return {"seconds": protocol.timed(lambda: sandbox.execute(source))[0]}


protocol.serve(Worker())
os._exit(0)
