"""Monty: a Python subset's interpreter in Rust. Most programs are beyond the subset."""

from importlib.metadata import version

import protocol
from pydantic_monty import Monty


class Worker:
    def __init__(self, pool):
        self.pool = pool
        self.session = None

    def hello(self):
        return {"version": version("pydantic-monty")}

    def load(self, source):
        if self.session is not None:
            self.session.__exit__(None, None, None)
        self.session = self.pool.checkout()
        self.live = self.session.__enter__()
        self.live.feed_run(source)
        return {}

    def run(self, size):
        seconds, value = protocol.timed(lambda: self.live.feed_run(f"run({size})"))
        return {"seconds": seconds, "value": repr(value)}

    def fresh(self, count):
        def one():
            with self.pool.checkout() as session:
                assert session.feed_run("1+1") == 2

        return protocol.repeated(one, count)

    def warm(self, cells):
        with self.pool.checkout() as session:
            session.feed_run("x = 0")
            return protocol.each(session.feed_run, cells)

    def calls(self, call, count):
        source = f"for _ in range({count}):\n    {protocol.CALLS[call]}\n"
        functions = {"echo": protocol.echo, "forecast": protocol.forecast}
        with self.pool.checkout(limits={"max_suspensions": count + 1}) as session:
            return {"seconds": protocol.timed(lambda: session.feed_run(source, external_lookup=functions))[0]}


with Monty() as pool:
    protocol.serve(Worker(pool))
