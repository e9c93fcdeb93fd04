//! Programs that call tools, and assert what they must see.

pub(super) const FUNCTIONS: &str = r#"
import inspect, io, os, pydoc, types
from contextlib import redirect_stdout
from exuvia import tools
from exuvia.tools import echo, shout
assert isinstance(nap, types.FunctionType) and nap.__name__ == nap.__qualname__ == "nap", nap
assert nap.__module__ == "exuvia.tools"
assert str(inspect.signature(nap)) == "(milliseconds: int = 1) -> int", inspect.signature(nap)
assert inspect.signature(nap.aio) == inspect.signature(nap)
assert inspect.iscoroutinefunction(nap.aio)
assert str(inspect.signature(fail)) == "(kind: str, max_count: int | None = None) -> Any", inspect.signature(fail)
assert inspect.getdoc(echo) == "Does echo.\n\nArgs:\n    value: What comes back.", inspect.getdoc(echo)
text = io.StringIO()
with redirect_stdout(text):
    help(nap)
assert "nap(milliseconds: int = 1) -> int\n    Does nap." in pydoc.plain(text.getvalue()), text.getvalue()
assert tools.echo is echo
assert dir(tools) == ["echo", "fail", "fill", "nap", "record", "shout"], dir(tools)
try:
    tools.nope
except AttributeError as error:
    assert str(error) == "there is no tool 'nope'; there are echo, fail, fill, nap, record, shout", error
try:
    from exuvia.tools import nope
except ImportError as error:
    pass
try:
    nap(1, 2)
except TypeError as error:
    assert str(error) == "nap() takes from 0 to 1 positional arguments but 2 were given", error
assert sorted(os.listdir("/tools")) == [name + ".pyi" for name in dir(tools)]
with open("/tools/nap.pyi") as file:
    stub = file.read()
assert stub.endswith('import typing\n\ndef nap(milliseconds: int = 1) -> int:\n    """Does nap.\n\n    nap.help() tells more."""\n'), stub
compile(stub, "nap.pyi", "exec")
"#;

pub(super) const VALUES: &str = r#"
import dataclasses, datetime, decimal, enum, math
assert shout("straße é 🐍") == "STRASSE É 🐍"
assert shout("") == ""
for value in (None, True, 0, -1, 2**60, 1.5, "", "é\u2028\0\"\\", [], [1, [2]], {}, {"a": {"b": None}}, "x" * 100_000):
    back = echo(value)
    assert back == value and type(back) is type(value), (value, back)
assert echo((1, 2)) == [1, 2]
assert echo({1: 2, None: 3}) == {"1": 2, "null": 3}
assert echo(b"\0\1\2") == echo(bytearray(b"\0\1\2")) == echo(memoryview(b"\0\1\2")) == "AAEC"
assert echo(datetime.date(2026, 3, 1)) == "2026-03-01"
assert echo(datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)) == "2026-03-01T12:00:00+00:00"
assert echo({3}) == [3]
assert echo(decimal.Decimal("1.10")) == "1.10"
@dataclasses.dataclass
class Point:
    x: int
    y: datetime.date
assert echo([Point(1, datetime.date(2026, 1, 2))]) == [{"x": 1, "y": "2026-01-02"}]
answer = record()
assert answer.day == answer["day"] == datetime.date(2026, 3, 1)
assert answer.at == datetime.datetime(2026, 3, 1, 12, 30, tzinfo=datetime.UTC)
assert answer.icon == b"\0\1\2" and answer.parts[0].day is None and answer.more == 1
assert isinstance(answer, dict) and not hasattr(answer, "less")
cycle = []
cycle.append(cycle)
for value, kind in ((object(), TypeError), (math.nan, ValueError), (cycle, ValueError), ({(1,): 2}, TypeError), (3j, TypeError)):
    try:
        echo(value)
    except kind as error:
        pass
    else:
        raise AssertionError(value)
for value in (1, None, b"x"):
    try:
        shout(value)
    except TypeError as error:
        assert str(error) == f"the tool takes a str, not {type(value).__name__}", error
    else:
        raise AssertionError(value)
try:
    shout("\ud800")
except UnicodeEncodeError:
    pass
else:
    raise AssertionError
"#;

pub(super) const FAILURES: &str = r#"
import exuvia
kinds = {
    "argument": TypeError, "denied": PermissionError, "failed": exuvia.ToolError, "limit": exuvia.ToolError,
    "timeout": exuvia.ToolTimeout, "interrupted": exuvia.ToolInterrupted,
}
for kind, expected in kinds.items():
    for call in (lambda: fail(kind), lambda: fail(kind=kind, max_count=3)):
        try:
            call()
        except expected as error:
            assert type(error) is expected, error
            if isinstance(error, exuvia.ToolError):
                assert error.message == "it went wrong" and error.hint == 'try "again"' and error.retry is True
                assert str(error) == 'it went wrong (hint: try "again")', error
            else:
                assert str(error) == "it went wrong", error
        else:
            raise AssertionError(kind)
    try:
        await fail.aio(kind)
    except expected as error:
        assert type(error) is expected
    else:
        raise AssertionError(kind)
assert issubclass(exuvia.ToolTimeout, TimeoutError) and issubclass(exuvia.ToolInterrupted, exuvia.ToolError)
"#;

pub(super) const ASYNCHRONOUS: &str = r#"
import asyncio, time
began = time.monotonic()
assert await asyncio.gather(*(nap.aio(50) for _ in range(100))) == [50] * 100
assert time.monotonic() - began < 1.5, "the calls did not overlap"
order = []
async def one(milliseconds):
    order.append(await nap.aio(milliseconds))
await asyncio.gather(one(60), one(5), one(30))
assert order == [5, 30, 60], order
try:
    async with asyncio.timeout(0.02):
        await nap.aio(100_000)
except TimeoutError:
    pass
else:
    raise AssertionError
task = asyncio.create_task(nap.aio(100_000))
await asyncio.sleep(0)
task.cancel()
try:
    await task
except asyncio.CancelledError:
    pass
else:
    raise AssertionError
# A loop that always has something ready is told all the same.
task = asyncio.create_task(nap.aio(1))
rounds = 0
while not task.done():
    await asyncio.sleep(0)
assert await task == 1
assert await shout.aio("a") == "A"
first = asyncio.create_task(nap.aio(20))
time.sleep(0.05)
assert await first == 20
"#;

pub(super) const PARALLEL: &str = r#"
import asyncio, time
from exuvia import parallel
began = time.monotonic()
assert parallel(nap, [40, 10, 30, 20] * 4, limit=16) == [40, 10, 30, 20] * 4
assert time.monotonic() - began < 0.6
assert parallel(str.upper, "abc") == ["A", "B", "C"]
assert parallel(shout, iter("abc")) == ["A", "B", "C"]
assert parallel(shout, []) == []
active = most = 0
async def counted(n):
    global active, most
    active += 1
    most = max(most, active)
    await nap.aio(2)
    active -= 1
    return n * n
assert parallel(counted, range(20), limit=3) == [n * n for n in range(20)]
assert (most, active) == (3, 0), (most, active)
assert await parallel.aio(counted, range(5)) == [0, 1, 4, 9, 16]
stopped = []
async def failing(n):
    if n == 2:
        await nap.aio(1)
        raise ValueError(n)
    try:
        await nap.aio(100_000)
    finally:
        stopped.append(n)
for attempt in range(2):
    stopped.clear()
    try:
        if attempt:
            await parallel.aio(failing, range(10), limit=4)
        else:
            parallel(failing, range(10), limit=4)
    except ValueError as error:
        assert error.args == (2,)
    else:
        raise AssertionError
    assert sorted(stopped) == [0, 1, 3], stopped
for bad in (0, -1, 1.5, None):
    try:
        parallel(shout, "a", limit=bad)
    except ValueError:
        pass
    else:
        raise AssertionError(bad)
try:
    parallel(3, "a")
except TypeError as error:
    assert str(error) == "parallel() takes a function, not int"
# The loop that stood still goes on, with its own task.
me = asyncio.current_task()
parallel(nap, [1, 1])
assert asyncio.current_task() is me
await asyncio.sleep(0)
"#;

pub(super) const BLOCKING: &str = r#"
import asyncio, time
async def main():
    began = time.monotonic()
    results = await asyncio.gather(nap.aio(30), asyncio.sleep(0.03), nap.aio(30))
    assert results == [30, None, 30], results
    return time.monotonic() - began
assert asyncio.run(main()) < 0.5
async def never():
    await asyncio.get_running_loop().create_future()
try:
    asyncio.run(never())
except RuntimeError as error:
    assert str(error).startswith("deadlock"), error
else:
    raise AssertionError
# A call that outlives its loop does no harm.
async def left():
    asyncio.ensure_future(nap.aio(10))
    await asyncio.sleep(0)
asyncio.run(left())
time.sleep(0.03)
assert nap(1) == 1
"#;

pub(super) const HELP: &str = r#"
import contextlib, io
from exuvia import ToolError
usage = "usage: nap [MILLISECONDS]\n" + "-" * 5_000
assert nap.help() == usage
assert nap.__doc__ == "Does nap.\n\nnap.help() tells more.", nap.__doc__
assert shout.help() == shout.__doc__ == "Does shout."
def shown(*things):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        help(*things)
    return printed.getvalue()
text = shown(nap)
assert text.startswith("Help on function nap:\n\nnap(milliseconds: int = 1) -> int\n"), text
assert text.endswith("\n" + usage + "\n"), text
assert shown(shout).endswith("    Does shout.\n\n"), shown(shout)
assert shown(len) == shown("len")
for show in (fail.help, lambda: shown(fail)):
    try:
        show()
    except ToolError as error:
        assert str(error) == "the program of fail cannot be started", error
    else:
        raise AssertionError
"#;

pub(super) const HOSTILE: &str = r#"
import _exuvia, json
from exuvia import ToolError
def failure(outcome):
    return json.loads(outcome)["kind"]
for tool in (-1, 6, 2**31 - 1, -2**31):
    assert failure(_exuvia.call(tool, "{}")) == "argument"
    assert _exuvia.start(tool, "{}") == -1
    assert failure(_exuvia.outcome()) == "argument"
    assert failure(_exuvia.help(tool)) == "argument"
    assert _exuvia.source(tool) == ""
assert failure(_exuvia.call(1, "[1,")) == "argument"
assert failure(_exuvia.call(1, "")) == "argument"
assert _exuvia.call(1, "[]") == "null"
for call in (0, -1, 1, 2**63 - 1, -2**63):
    _exuvia.cancel(call)
assert _exuvia.finished() == 0
_exuvia.outcome(); _exuvia.outcome()
for arguments in ((), (1,), (1, 2), ("1", "{}"), (1, b"{}"), (1, "{}", 3), (2**40, "{}")):
    for function in (_exuvia.call, _exuvia.start):
        try:
            function(*arguments)
        except (TypeError, OverflowError):
            pass
        else:
            raise AssertionError(arguments)
for number in ("a", 2**64, None):
    for function in (_exuvia.cancel, _exuvia.source, _exuvia.help, _exuvia.wait):
        try:
            function(number)
        except (TypeError, OverflowError):
            continue
        assert function is _exuvia.wait and number == 2**64
        break
for seconds in (-1.0, float("nan"), 0.0):
    _exuvia.wait(seconds)
started = [_exuvia.start(3, '{"milliseconds": 100000}') for _ in range(10_001)]
assert started[-2:] == [10_000, -1], started[-2:]
try:
    await nap.aio(1)
except ToolError as error:
    assert error.message == "10000 calls of tools are running, the limit is 10000" and error.retry, error
else:
    raise AssertionError
for call in started:
    _exuvia.cancel(call)
assert await nap.aio(1) == 1
import exuvia._tools
exuvia._tools.names["ghost"] = 99
try:
    exuvia.tools.ghost
except (KeyError, AttributeError):
    pass
"#;

pub(super) const LARGE: &str = r#"
import gc
text = fill(25_000_000)
assert len(text) == 25_000_000 and text[0] == text[-1] == "é"
del text
big = "x" * 50_000_000
assert echo(big) == big
del big
data = bytes(range(256)) * 100_000
import base64
assert base64.b64decode(echo(data)) == data
del data
from exuvia import ToolError
try:
    fill(70_000_000)
except ToolError as error:
    assert str(error) == "the result has 140000002 bytes, the limit is 134217728", error
else:
    raise AssertionError
large = "x" * ((128 << 20) + 1)
async def started():
    return await shout.aio(large)
import asyncio
for call in (lambda: shout(large), lambda: asyncio.run(started())):
    try:
        call()
    except ToolError as error:
        assert error.message == "the arguments have 134217729 bytes, the limit is 134217728", error
    else:
        raise AssertionError
del large
assert shout("ok") == "OK"
"#;
