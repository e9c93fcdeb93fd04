"""Runs a program under this CPython: a list of cells, as JSON on stdin. Prints what they print, then of each cell its
value or the class of its error.

Tools are plain functions here. The event loop's clock jumps to the next timer, so that no program waits.
"""

import ast
import asyncio
import json
import selectors
import sys
import time
import types


class Clock:
    now = 0.0


class Selector(selectors.SelectSelector):
    def select(self, timeout=None):
        events = super().select(0)
        if not events:
            if timeout is None:
                raise SystemExit("the program waits for nothing")
            Clock.now += timeout
        return events


class Loop(asyncio.SelectorEventLoop):
    def time(self):
        return Clock.now


def sleep(seconds):
    Clock.now += seconds


def tool(name):
    def call(text):
        return f"{name}: {text}"

    async def aio(text):
        await asyncio.sleep(0)
        return call(text)

    call.aio = aio
    return call


def parallel(function, items):
    return [function(item) for item in items]


async def run(source, namespace):
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body[-1] = ast.Assign([ast.Name("_value", ast.Store())], last.value)
        ast.fix_missing_locations(tree)
    namespace["_value"] = None
    running = eval(compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), namespace)
    if running is not None:
        await running
    return namespace["_value"]


def main():
    mount, cells = sys.argv[1], json.load(sys.stdin)
    time.sleep = sleep
    exuvia, tools = types.ModuleType("exuvia"), types.ModuleType("exuvia.tools")
    exuvia.parallel, exuvia.tools = parallel, tools
    tools.one, tools.two = tool("one"), tool("two")
    sys.modules.update({"exuvia": exuvia, "exuvia.tools": tools})
    namespace = {"mount": mount, "__name__": "__main__"}
    loop = Loop(Selector())
    asyncio.set_event_loop(loop)
    for cell in cells:
        try:
            value = loop.run_until_complete(run(cell, namespace))
            if value is not None:
                print("=>", repr(value))
        except BaseException as error:
            print("!!", type(error).__name__)


main()
