"""Threads that take turns: what is ours to decide. What is CPython's is in `cases/threads`."""

import opcode
import sys
import threading
import unittest
import unittest.mock

from exuvia import _boot, _cell, _strands, _task
from stand_in import Streams, cell, clock, enter, finishing, value

PRELUDE = """
import asyncio, gc, queue, signal, sys, threading, time, _thread
import concurrent.futures as futures
from concurrent.futures import ThreadPoolExecutor
def strike(): signal.raise_signal(signal.SIGXCPU); print('not reached')
def start(function, *args, **kwargs):
    thread = threading.Thread(target=function, args=args, **kwargs)
    thread.start()
    return thread
"""

STEP = 41
"""Every so many places are tried."""

NOBODY = "no other thread is left that could run"


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        cell(PRELUDE)
        clock.sleeps.clear()

    def tearDown(self):
        """No thread is left, and the main one is the current one."""
        loop = _task._loop
        if loop is not None and loop._default_executor is not None:
            loop._default_executor.shutdown()
            loop._default_executor = None
        self.assertEqual((_strands.current, _strands.stack, len(_strands.daemons)), (_strands.main, [], 0))
        self.assertEqual(value("threading.current_thread().name"), "'MainThread'")

    def run_cell(self, source):
        """Runs a cell; returns its answer, and what it wrote."""
        with Streams() as streams:
            answer = cell(source)
        return answer, streams.out, streams.err

    def printed(self, source):
        """Runs a cell that must succeed; returns what it printed."""
        answer, out, err = self.run_cell(source)
        self.assertEqual((answer, err), (None, ""))
        return out

    def error(self, source):
        """Runs a cell that must fail; returns the exception's type and message."""
        answer = self.run_cell(source)[0]
        return answer["error"]["type"], answer["error"]["message"]


class Turns(Case):
    def test_a_thread_runs_when_it_is_waited_for(self):
        out = self.printed("t = start(print, 'thread')\nprint('main')\nt.join()\nprint('joined')")
        self.assertEqual(out, "main\nthread\njoined\n")

    def test_a_thread_runs_at_the_cells_end(self):
        out = self.printed("t = start(lambda: (time.sleep(1), print('thread'), start(print, 'its own')))\nprint('main')")
        self.assertEqual(out, "main\nthread\nits own\n")
        self.assertIsNone(_cell.settle)
        answer, out, _ = self.run_cell("start(print, 'thread')\n1 / 0")
        self.assertEqual((answer["error"]["type"], out), ("ZeroDivisionError", "thread\n"))
        answer, out, _ = self.run_cell("start(print, 'thread')\nraise SystemExit(3)")
        self.assertEqual((answer, out), ({"exit": {"code": 3}}, "thread\n"))

    def test_the_value_is_that_after_the_threads(self):
        self.assertEqual(value("out = []\nstart(out.append, 1)\nout"), "[1]")

    def test_a_thread_runs_at_the_end_of_a_cell_that_waits(self):
        with Streams() as streams:
            self.assertEqual(cell("await asyncio.sleep(1)\nstart(print, 'thread')\nprint('main')"), {"wait": 1.0})
            clock.now += 1
            self.assertIsNone(enter(1))
        self.assertEqual(streams.out, "main\nthread\n")

    def test_oldest_first_but_the_joined_one_before(self):
        source = "ts = [start(print, n) for n in range(3)]\n"
        self.assertEqual(self.printed(source + "ts[2].join(); print('-')"), "2\n-\n0\n1\n")
        self.assertEqual(self.printed(source + "e = threading.Event(); start(e.set)\ne.wait(); print('-')"), "0\n1\n2\n-\n")

    def test_daemon_threads_come_last(self):
        source = "start(print, 'daemon', daemon=True); start(print, 'plain')\nprint('main')"
        self.assertEqual(self.printed(source), "main\nplain\ndaemon\n")

    def test_pools_run_a_task_a_turn(self):
        source = "def name(n): return n, threading.current_thread().name[-3:]\npool = ThreadPoolExecutor(2)\n"
        source += "for f in futures.as_completed([pool.submit(name, n) for n in range(4)]): print(f.result())\n"
        source += "print(pool.submit(name, 9).result()); pool.shutdown()"
        self.assertEqual(self.printed(source), "(0, '0_0')\n(1, '0_1')\n(2, '0_0')\n(3, '0_1')\n(9, '0_0')\n".replace("'0_", f"'{self.pool()}_"))

    def pool(self):
        """Returns the number of the pool that the last cell made."""
        return value("pool._thread_name_prefix")[-2:-1]

    def test_a_pool_lives_on_in_later_cells(self):
        cell("pool2 = ThreadPoolExecutor(1, 'later')")
        self.assertEqual(self.printed("f2 = pool2.submit(print, 'at the end')"), "at the end\n")
        self.assertEqual(self.printed("f2 = pool2.submit(print, 'again')"), "again\n")
        self.assertEqual(value("f2.done(), len(pool2._threads), pool2.shutdown()"), "(True, 1, None)")

    def test_sleeps_do_not_run_threads_but_polls_do(self):
        self.assertEqual(self.printed("t = start(print, 'thread')\ntime.sleep(5)\nprint('main')"), "main\nthread\n")
        source = "t = start(print, 'thread')\nn = 0\nwhile t.is_alive():\n  n += 1\n  time.sleep(1)\nprint(n)"
        self.assertEqual(self.printed(source), f"thread\n{_strands.POLLS_MAX + 1}\n")
        source = "q = queue.Queue()\nt = start(lambda: print(list(iter(q.get, None))))\n"
        source += "for n in range(15):\n  q.put(n)\n  time.sleep(1)\nq.put(None)"
        self.assertEqual(self.printed(source), f"{list(range(15))}\n")

    def test_timers_run_when_they_are_due(self):
        source = "begin = time.monotonic()\nfor n in (3, 1, 2): threading.Timer(n, lambda n: print(n, time.monotonic() - begin), (n,)).start()\n"
        self.assertEqual(self.printed(source + "time.sleep(2.5)\nprint('main')"), "1 1.0\n2 2.0\nmain\n3 3.0\n")
        self.assertEqual(clock.sleeps, [1.0, 1.0, 0.5, 0.5])
        clock.sleeps.clear()
        source = "timer = threading.Timer(9, print)\ntimer.start()\ntimer.cancel()\ntimer.join()"
        self.assertEqual((self.printed(source), clock.sleeps), ("", []))

    def test_a_daemon_has_the_time_since_it_was_started(self):
        source = "def beat():\n  try:\n    while True:\n      print('beat')\n      time.sleep(1)\n  finally: print('ended')\n"
        source += "start(beat, daemon=True)\ntime.sleep(2.5)\nprint('main')"
        self.assertEqual(self.printed(source), "main\nbeat\nbeat\nbeat\nended\n")
        self.assertEqual(clock.sleeps, [2.5, 0.0, 0.0])
        source = "stop = threading.Event()\ndef beat():\n  while not stop.wait(1): print('beat')\nstart(beat, daemon=True)\ntime.sleep(1.5)"
        self.assertEqual(self.printed(source), "beat\n")

    def test_daemons_at_a_queue_live_while_they_are_needed(self):
        source = "q = queue.Queue()\ndef work():\n  while True: print(q.get()); q.task_done()\n"
        source += "for _ in range(2): start(work, daemon=True)\n"
        source += "for n in range(2):\n  q.put(n); q.join(); print('joined')\n"
        self.assertEqual(self.printed(source), "0\njoined\n1\njoined\n")

    def test_a_full_queue_takes_more_while_there_are_others(self):
        source = "q = queue.Queue(1)\nt = start(lambda: [q.put(n) for n in range(3)])\nprint(q.get(), q.get(), q.get(), q.maxsize)"
        self.assertEqual(self.printed(source), "0 1 2 1\n")
        self.assertEqual(self.printed("q = queue.Queue(1)\nstart(print, 'other')\nq.put(1)\ntry: q.put(2, timeout=3)\nexcept queue.Full: print('full')"), "other\nfull\n")
        self.assertEqual(self.error("q = queue.Queue(1)\nq.put(1)\nq.put(2)"), ("RuntimeError", f"deadlock: Queue.put() waits for ever: {NOBODY}"))

    def test_timeouts_are_waited_out(self):
        for source, wanted in (
            ("lock = threading.Lock()\nlock.acquire()\nlock.acquire(timeout=2)", "False"),
            ("threading.Event().wait(2)", "False"),
            ("threading.Semaphore(0).acquire(timeout=2)", "False"),
            ("t = start(threading.Event().wait, 2)\nt.join(2)\nt.is_alive()", "False"),
        ):
            begin = clock.now
            self.assertEqual((value(source), clock.now - begin), (wanted, 2.0))
        for source, wanted in (
            ("queue.Queue().get(timeout=2)", "_queue.Empty"),
            ("queue.SimpleQueue().get(timeout=2)", "_queue.Empty"),
            ("threading.Barrier(2).wait(2)", "threading.BrokenBarrierError"),
            ("futures.Future().result(2)", "TimeoutError"),
        ):
            begin = clock.now
            self.assertEqual((self.error(source)[0], clock.now - begin), (wanted, 2.0))

    def test_what_comes_too_late_is_late(self):
        source = "pool = ThreadPoolExecutor(1)\nf = pool.submit(time.sleep, 5)\n"
        self.assertEqual(self.error(source + "f.result(timeout=1)")[0], "TimeoutError")
        self.assertEqual(self.error(source + "f.exception(timeout=1)")[0], "TimeoutError")
        self.assertEqual(value("pool.shutdown(); f.result(timeout=1), f.done()"), "(None, True)")
        self.assertEqual(value("e = threading.Event()\nstart(lambda: (time.sleep(5), e.set()))\ne.wait(1), e.is_set()"), "(False, True)")


class Deadlocks(Case):
    def test_each_primitive(self):
        for source, what in (
            ("lock = threading.Lock()\nlock.acquire(); lock.acquire()", "Lock.acquire()"),
            ("lock = threading.Lock()\nwith lock:\n  with lock: pass", "Lock.acquire()"),
            ("lock = threading.RLock()\nstart(lock.acquire).join()\nlock.acquire()", "RLock.acquire()"),
            ("threading.Event().wait()", "Event.wait()"),
            ("threading.Semaphore(0).acquire()", "Semaphore.acquire()"),
            ("threading.Barrier(2).wait()", "Barrier.wait()"),
            ("c = threading.Condition()\nwith c: c.wait()", "Condition.wait()"),
            ("c = threading.Condition()\nwith c: c.wait_for(lambda: False)", "Condition.wait_for()"),
            ("queue.Queue().get()", "Queue.get()"),
            ("q = queue.Queue()\nq.put(1); q.join()", "Queue.join()"),
            ("queue.SimpleQueue().get()", "SimpleQueue.get()"),
            ("futures.Future().result()", "Future.result()"),
            ("futures.Future().exception()", "Future.exception()"),
            ("futures.wait([futures.Future()])", "concurrent.futures.wait()"),
            ("list(futures.as_completed([futures.Future()]))", "as_completed()"),
        ):
            with self.subTest(source):
                self.assertEqual(self.error(source), ("RuntimeError", f"deadlock: {what} waits for ever: {NOBODY}"))
        self.assertEqual(clock.sleeps, [])

    def test_a_thread_that_needs_one_below(self):
        source = "q = queue.Queue()\nt = start(lambda: print(q.get(), q.get()), name='consumer')\nq.put(1)\nt.join()\nprint('main goes on')"
        answer, out, err = self.run_cell(source)
        self.assertEqual((answer, out), (None, "main goes on\n"))
        lines = err.splitlines()
        self.assertEqual(lines[0], "Exception in thread consumer:")
        self.assertEqual(
            lines[-1],
            "RuntimeError: deadlock: Queue.get() waits for ever: no thread is left that could run on top of 'consumer',"
            " and those below it ('MainThread' in Thread.join()) go on only when it returns; threads take turns on one stack"
            " here: let a thread find all that it needs when it first runs, the end of its queue included",
        )
        self.assertNotIn("exuvia", err)

    def test_two_that_join_each_other(self):
        source = "def join(n): ts[1 - n].join()\nts = [threading.Thread(target=join, args=(n,), name='ab'[n]) for n in range(2)]\n"
        answer, _, err = self.run_cell(source + "for t in ts: t.start()\nfor t in ts: t.join()")
        self.assertIsNone(answer)
        self.assertEqual([line for line in err.splitlines() if line.startswith("Exception")], ["Exception in thread b:"])

    def test_a_task_of_a_pool(self):
        source = "pool = ThreadPoolExecutor(1)\nouter = pool.submit(lambda: pool.submit(pow, 2, 2).result())\nouter.result()"
        kind, message = self.error(source)
        self.assertEqual((kind, message.partition(" waits")[0]), ("RuntimeError", "deadlock: Future.result()"))
        self.assertEqual(value("pool.shutdown()"), None)


class Details(Case):
    def test_names_and_numbers(self):
        names = value("[threading.Thread(target=print).name, threading.Timer(1, print).name]")
        self.assertRegex(names, r"^\['Thread-\d+ \(print\)', 'Thread-\d+'\]$")
        self.assertEqual(value("t = threading.Thread(target=print, args=('',), kwargs={'end': ''})\nt.ident, t.start(), t.ident > 0, t.is_alive(), t in threading.enumerate()"), "(None, None, True, True, True)")
        self.assertEqual(value("threading.active_count(), t.is_alive(), t in threading.enumerate()"), "(1, False, False)")
        self.assertEqual(value("out = []\nt = start(lambda: out.append((threading.get_ident() == t.ident, threading.get_native_id() == t.native_id, repr(rlock))))\nrlock = threading.RLock()\nt.join()\nout[0][:2]"), "(True, True)")

    def test_context(self):
        cell("import contextvars\nvar3 = contextvars.ContextVar('var3', default='none')\nvar3.set('main')")
        self.assertEqual(self.printed("t = start(lambda: print(var3.get(), var3.set('thread') and var3.get()))\nt.join()\nprint(var3.get())"), "none thread\nmain\n")
        self.assertEqual(value("await asyncio.to_thread(var3.get), await asyncio.get_running_loop().run_in_executor(None, var3.get)"), "('main', 'none')")

    def test_exceptions_are_the_threads_own(self):
        source = "def fail(): raise ValueError('x')\ntry: 1 / 0\nexcept ZeroDivisionError: t = start(fail, name='failing'); t.join()"
        self.assertEqual(
            self.run_cell(source)[2],
            "Exception in thread failing:\nTraceback (most recent call last):\n"
            f'  File "{threading.__file__}", line 1082, in _bootstrap_inner\n    self._context.run(self.run)\n    ~~~~~~~~~~~~~~~~~^^^^^^^^^^\n'
            f'  File "{threading.__file__}", line 1024, in run\n    self._target(*self._args, **self._kwargs)\n    ~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n'
            f'  File "<cell {_cell.number}>", line 1, in fail\n    def fail(): raise ValueError(\'x\')\n                ^^^^^^^^^^^^^^^^^^^^^\nValueError: x\n',
        )
        _, _, err = self.run_cell("_thread.start_new_thread(fail, ())")
        self.assertRegex(err, r"^Exception ignored in thread started by <function fail at 0x\w+>:\nTraceback")
        self.assertNotIn("exuvia", err)

    def test_a_hook_that_raises_ends_no_other_thread(self):
        source = "def hook(args): raise {}\nthreading.excepthook = hook\ntry: start(fail).join(); print('goes on')\nfinally: threading.excepthook = threading.__excepthook__"
        cell("def fail(): raise ValueError('x')")
        self.assertEqual(self.printed(source.format("SystemExit(3)")), "goes on\n")
        _, out, err = self.run_cell(source.format("KeyError('k')"))
        self.assertEqual((out, err.splitlines()[0]), ("goes on\n", "Exception in threading.excepthook:"))
        _, out, err = self.run_cell(source.format("GeneratorExit"))
        self.assertEqual((out, err.partition(" <")[0]), ("goes on\n", "Exception ignored in thread started by"))

    def test_locks_are_judged_by_the_real_one(self):
        for source, kind, message in (
            ("threading.Lock().release()", "RuntimeError", "release unlocked lock"),
            ("threading.RLock().release()", "RuntimeError", "cannot release un-acquired lock"),
            ("threading.Lock().acquire('x', 'y')", "TypeError", "'str' object cannot be interpreted as an integer or float"),
            ("threading.RLock().acquire(timeout=1e300)", "OverflowError", "timestamp out of range for platform time_t"),
            ("import pickle; pickle.dumps(threading.Lock())", "TypeError", "cannot pickle '_thread.lock' object"),
            ("type('L', (type(threading.Lock()),), {})", "TypeError", "type '_thread.lock' is not an acceptable base type"),
        ):
            self.assertEqual(self.error(source), (kind, message))
        self.assertRegex(value("threading.Lock()"), "^<unlocked _thread.lock object at 0x")
        self.assertRegex(value("threading.RLock()"), "^<unlocked _thread.RLock object owner=0 count=0 at 0x")

    def test_importing_in_a_thread_what_is_being_imported(self):
        import pathlib

        pathlib.Path("/tmp/waits_for_thread.py").write_text(
            "import threading\ndef f():\n  import waits_for_thread as m\n  m.seen = True\nt = threading.Thread(target=f)\nt.start()\nt.join()\n"
        )
        self.assertEqual(value("sys.path.append('/tmp')\nimport waits_for_thread\nsys.path.pop()\nwaits_for_thread.seen"), "True")

    def test_too_many(self):
        self.assertEqual(self.error("for _ in range(1_000_000): start(int)"), ("RuntimeError", "can't start new thread"))
        self.assertEqual(value("threading.active_count()"), "1")

    def test_nesting_ends_in_recursion_error(self):
        source = "def nest(n):\n  global deepest\n  deepest = n\n  start(nest, n + 1).join()\nnest(0)"
        answer, _, err = self.run_cell(source)
        self.assertIsNone(answer)
        self.assertEqual(err.count("Exception in thread"), 1)
        self.assertTrue(err.splitlines()[-1].startswith("RecursionError: maximum recursion depth exceeded"))
        self.assertGreater(int(value("deepest")), 40)


class Loops(Case):
    def test_threads_and_coroutines_take_turns(self):
        source = "async def tick():\n  for n in range(3): print('tick', n); await asyncio.sleep(1)\n"
        source += "def block(): time.sleep(1.5); print('thread'); return threading.current_thread().name\n"
        source += "async def main():\n  return (await asyncio.gather(tick(), asyncio.to_thread(block)))[1]\n"
        with Streams() as streams:
            name = value(source + "asyncio.run(main())")
        self.assertEqual((name, streams.out), ("'asyncio_0'", "tick 0\nthread\ntick 1\ntick 2\n"))

    def test_a_thread_asks_the_loop_below_it(self):
        source = "async def add(a, b): await asyncio.sleep(1); return a + b\ndef ask(loop): return asyncio.run_coroutine_threadsafe(add(1, 2), loop).result()\n"
        self.assertEqual(value(source + "async def main(): return await asyncio.to_thread(ask, asyncio.get_running_loop())\nasyncio.run(main())"), "3")
        self.assertEqual(value("await asyncio.to_thread(ask, asyncio.get_running_loop())"), "3")

    def test_a_loop_of_its_own(self):
        self.assertEqual(value("await asyncio.to_thread(asyncio.run, asyncio.sleep(1, 'own'))"), "'own'")
        self.assertEqual(self.printed("async def f(): return asyncio.current_task() is None\ndef g():\n  try: asyncio.get_running_loop()\n  except RuntimeError as e: print(e)\nasync def main(): start(g).join(); return asyncio.current_task() is not None\nprint(asyncio.run(main()))"), "no running event loop\nTrue\n")

    def test_timeout_of_a_blocking_function(self):
        self.assertEqual(self.error("await asyncio.wait_for(asyncio.to_thread(time.sleep, 5), 1)")[0], "TimeoutError")

    def test_a_cell_that_waits_for_a_timer(self):
        self.assertEqual(cell("e = asyncio.Event()\nloop = asyncio.get_running_loop()\nthreading.Timer(2, lambda: loop.call_soon_threadsafe(e.set)).start()\nawait e.wait()\n'set'"), {"wait": 2.0})
        clock.now += 2
        self.assertEqual(enter(1)["value"]["repr"], "'set'")


class Interrupts(Case):
    def test_a_limit_in_a_thread_ends_the_cell(self):
        for source in (
            "t = start(strike); u = start(print, 'never')\nt.join()",
            "t = start(strike); u = start(print, 'never')",
            "def inner(): start(strike).join()\nt = start(inner)\nstart(print, 'never')\nt.join()",
            "pool = ThreadPoolExecutor(1)\nf = pool.submit(strike); g = pool.submit(print, 'never')\nf.exception()",
            "list(ThreadPoolExecutor(1).map(lambda _: strike(), 'ab'))",
            "await asyncio.to_thread(strike)",
            "asyncio.run(asyncio.to_thread(strike))",
            "_thread.start_new_thread(strike, ())",
            "threading.Timer(1, strike).start()",
        ):
            with self.subTest(source):
                answer, out, err = self.run_cell(source)
                self.assertEqual((answer["error"]["limit"], out, err), ("time", "", ""))
                self.assertEqual(_strands.stack, [])
                self.assertEqual(self.printed("start(print, 'next').join()"), "next\n")
        self.assertEqual(value("g.cancelled(), pool.submit(pow, 2, 3).result()"), "(True, 8)")

    def test_a_cancel_in_a_thread(self):
        answer, out, err = self.run_cell("t = start(signal.raise_signal, signal.SIGINT)\nt.join()\nprint('not reached')")
        self.assertEqual((answer["error"]["type"], out, err), ("KeyboardInterrupt", "", ""))
        self.assertEqual(value("t.is_alive(), threading.active_count()"), "(False, 1)")

    def test_a_limit_at_any_place(self):
        """Strikes at one place after the other; afterwards all must be as ever."""
        cell("local4 = threading.local()\nlocal4.x = 'main'\ndef touch(n): local4.x = n; return local4.x\n")
        source = "with ThreadPoolExecutor(2) as p: f = [p.submit(touch, n) for n in range(3)]\n"
        source += "q = queue.Queue(1)\nt = start(lambda: (touch(1), q.put(1), q.put(2)), daemon=True)\nt.join(5)\nthreading.Timer(1, touch, (2,)).start()\nasyncio.run(asyncio.to_thread(touch, 3))"
        for number in range(1, 9000, STEP):
            strikes = _Strike(number)
            with Streams(), strikes:
                answer = cell(source)
            if not strikes.struck:
                break
            self.assertEqual((_strands.current, _strands.stack), (_strands.main, []), number)
            wanted = "('main', 'MainThread', [7], None)"
            self.assertEqual(value("out = []\nt = start(lambda: out.append(touch(7)))\nlocal4.x, threading.current_thread().name, out, t.join()"), wanted, (number, answer))
        else:
            self.fail("the program is longer than the test looks")
        self.assertGreater(number, 300)
        self.assertEqual(answer["value"]["repr"], "3")


class _Strike:
    """Raises a limit, inside a `with`, at the n-th place of the package's code for threads where CPython looks for signals.

    It does so as a function begins, after a call, and where a loop goes back.
    """

    FILES = tuple(f"/exuvia/{name}.py" for name in ("_strands", "_threads", "_locks", "_locals"))
    CHECKING = frozenset(opcode.opmap[name] for name in ("CALL", "CALL_KW", "CALL_FUNCTION_EX", "JUMP_BACKWARD"))

    def __init__(self, number):
        self.left = number
        self.previous = {}
        self.struck = False

    def __enter__(self):
        sys.settrace(self.trace)

    def __exit__(self, *_):
        sys.settrace(None)

    def trace(self, frame, event, _argument):
        """Counts the places, but not those where all is put right: there is one interrupt a cell."""
        code = frame.f_code
        if self.struck or not code.co_filename.endswith(self.FILES) or code.co_name in ("recover", "complete_release"):
            return None
        frame.f_trace_opcodes = True
        if event == "call" or event == "opcode" and self.previous.get(frame) in self.CHECKING:
            self.left -= 1
            if not self.left:
                self.struck = True
                sys.settrace(None)
                _boot._on_time_limit(_boot.TIME_SIGNAL, frame)
        if event == "opcode":
            self.previous[frame] = code.co_code[frame.f_lasti]
        return self.trace


class Programs(Case):
    def script(self, source):
        """Runs a whole program; returns what it wrote until after its end."""
        kept = dict(_cell.namespace)
        try:
            with Streams() as streams, unittest.mock.patch("exuvia._script._let_go"), finishing():
                self.assertIsNone(enter(2, {"mode": "code", "source": source, "argv": ["-c"]}))
                print("--", file=sys.stdout)
                self.assertIsNone(enter(6))
        finally:
            _cell.namespace.clear()
            _cell.namespace.update(kept)
        return streams.out

    def test_threads_end_before_the_program(self):
        source = "import atexit, threading, time\natexit.register(print, 'atexit')\n"
        source += "threading.Thread(target=lambda: (time.sleep(1), print('thread'))).start()\n"
        source += "threading.Thread(target=lambda: (print('daemon'), time.sleep(9), print('never')), daemon=True).start()\nprint('main')"
        self.assertEqual(self.script(source), "main\n--\nthread\ndaemon\natexit\n")

    def test_pools_end_before_the_program(self):
        source = "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\n[pool.submit(print, n) for n in range(3)]\nprint('main')"
        self.assertEqual(self.script(source), "main\n--\n0\n1\n2\n")


if __name__ == "__main__":
    unittest.main()
