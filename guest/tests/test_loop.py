"""The event loop: cells that wait, synchronous `asyncio.run`, interrupts, refusals."""

import asyncio
import signal
import unittest

from exuvia import _network, _processes

from stand_in import cell, clock, enter, value

PRELUDE = "import asyncio, time, sys, signal, contextvars"


class Loop(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        cell(PRELUDE)
        clock.sleeps.clear()

    def test_cell_waits_without_holding_a_stack(self):
        self.assertEqual(cell("print(end='')\nawait asyncio.sleep(2.5)\n'done'"), {"wait": 2.5})
        clock.now += 1.0
        self.assertEqual(enter(1), {"wait": 1.5})
        clock.now += 1.5
        self.assertEqual(enter(1)["value"]["repr"], "'done'")
        self.assertEqual(clock.sleeps, [])
        self.assertIsNone(asyncio.events._get_running_loop())

    def test_ready_await_finishes_at_once(self):
        cell("async def one(): return 1")
        self.assertEqual(value("await one()"), "1")
        self.assertIsNone(cell("o1 = await one()"))
        self.assertEqual(value("o1 + await one()"), "2")
        self.assertEqual(value("[await one() for _ in range(2)]"), "[1, 1]")
        self.assertEqual(value("await asyncio.sleep(0)\no1"), "1")

    def test_leftover_tasks_run_while_a_later_cell_waits(self):
        cell("log1 = []\nasync def tick():\n  for i in range(3):\n    log1.append(i)\n    await asyncio.sleep(1)")
        self.assertEqual(cell("async def go(): global t1; t1 = asyncio.create_task(tick())\nawait go()"), None)
        self.assertEqual(value("log1"), "[]")
        clock.now += 10
        self.assertEqual(value("await asyncio.sleep(0); log1"), "[0]")
        self.assertEqual(cell("await t1"), {"wait": 1.0})
        clock.now += 1
        self.assertEqual(enter(1), {"wait": 1.0})
        clock.now += 1
        self.assertEqual(enter(1), {"wait": 1.0})
        clock.now += 1
        self.assertIsNone(enter(1))
        self.assertEqual(value("log1"), "[0, 1, 2]")

    def test_task_begun_without_await(self):
        cell("log2 = []\nasync def tick2(name):\n  log2.append(name)\n  await asyncio.sleep(1)\n  log2.append(name)\n  return name")
        self.assertIsNone(cell("t2 = asyncio.create_task(tick2('a'))\nlog2.append('cell')"))
        self.assertEqual(value("log2"), "['cell', 'a']")
        self.assertIsNone(cell("t3 = asyncio.ensure_future(tick2('b'))"))
        self.assertEqual(value("log2"), "['cell', 'a', 'b']")
        clock.now += 1
        self.assertEqual(value("await t2, await t3"), "('a', 'b')")
        self.assertIsNone(asyncio.events._get_running_loop())
        self.assertEqual(value("asyncio.run(tick2('c'))"), "'c'")

    def test_task_that_never_waits_does_not_hold_the_cell(self):
        cell("count2 = 0\nasync def spin2():\n  global count2\n  while True:\n    count2 += 1\n    await asyncio.sleep(0)")
        self.assertIsNone(cell("t4 = asyncio.create_task(spin2())"))
        self.assertEqual(value("0 < count2 < 10_000"), "True")
        self.assertEqual(value("t4.cancel(); await asyncio.sleep(0); t4.cancelled()"), "True")

    def test_no_task_without_a_loop_elsewhere(self):
        cell("async def one2(): pass\ncoroutine2 = one2()")
        report = cell("import threading; asyncio.to_thread; asyncio.get_running_loop()")["error"]
        self.assertEqual((report["type"], report["message"]), ("RuntimeError", "no running event loop"))
        cell("coroutine2.close()")

    def test_context_variables_hold(self):
        cell("var1 = contextvars.ContextVar('var1', default=0)")
        cell("var1.set(1); await asyncio.sleep(0)")
        self.assertEqual(value("var1.get()"), "1")

    def test_error_after_waiting(self):
        self.assertEqual(cell("async def f():\n  await asyncio.sleep(1)\n  1/0\nawait f()"), {"wait": 1.0})
        clock.now += 1
        report = enter(1)["error"]
        self.assertEqual([f["function"] for f in report["frames"]], ["<module>", "f"])

    def test_cell_without_timer_waits_for_ever(self):
        self.assertEqual(cell("await asyncio.Future()"), {"wait": None})
        kept = signal.getsignal(signal.SIGINT)
        self.interrupt_waiting_cell(signal.SIGINT)
        report = self.interrupted["error"]
        self.assertEqual(report["type"], "KeyboardInterrupt")
        self.assertEqual([f["source"] for f in report["frames"]], ["await asyncio.Future()"])
        signal.signal(signal.SIGINT, kept)
        self.assertEqual(value("await asyncio.sleep(0, 'usable')"), "'usable'")

    def interrupt_waiting_cell(self, number):
        """Resumes the cell, and delivers a signal before anything of it runs."""
        from exuvia import _error, _task

        # As code of the package, so that it has no frame of its own in the report.
        names = {"loop": _task._loop, "raise_signal": signal.raise_signal, "number": number}
        source = "def interrupted():\n    del loop._run_once\n    raise_signal(number)\n"
        exec(compile(source, _error.PACKAGE + "test", "exec"), names)
        _task._loop._run_once = names["interrupted"]
        self.interrupted = enter(1)

    def test_what_a_signal_makes_ready_is_not_slept_over(self):
        cell("woken = asyncio.new_event_loop()\nwoken.call_soon(int)")
        sleeps = list(clock.sleeps)
        self.assertEqual(value("woken.select(1000.0), woken.select(None)"), "((), ())")
        self.assertEqual(clock.sleeps, sleeps)
        cell("woken.close()")

    def test_interrupt_runs_finally(self):
        cell("log2 = []\nasync def f():\n  try: await asyncio.sleep(9)\n  finally:\n    await asyncio.sleep(0); log2.append('cleaned')")
        self.assertEqual(cell("await f()"), {"wait": 9.0})
        self.interrupt_waiting_cell(signal.SIGXCPU)
        self.assertEqual(self.interrupted["error"]["limit"], "time")
        self.assertEqual(value("log2"), "['cleaned']")

    def test_limit_in_the_cells_task(self):
        report = cell("await asyncio.sleep(0)\nsignal.raise_signal(signal.SIGXCPU)\nfor i in range(1000): pass")["error"]
        self.assertEqual(
            (report["type"], report["message"], report["limit"]),
            ("exuvia.TimeLimit", "cell 4 ran for 30.2 s, the limit is 30 s", "time"),
        )
        self.assertEqual([f["function"] for f in report["frames"]], ["<module>"])
        report = cell("signal.raise_signal(signal.SIGXFSZ)")["error"]
        self.assertEqual((report["type"], report["limit"]), ("exuvia.OutputLimit", "output"))

    def test_limit_in_a_task_that_nobody_awaits(self):
        source = "async def bad():\n  signal.raise_signal(signal.SIGXCPU)\n  for i in range(1000): pass\n"
        source += "t2 = asyncio.create_task(bad())\nawait asyncio.sleep(5)"
        report = cell(source)["error"]
        self.assertEqual((report["type"], [f["function"] for f in report["frames"]][-1:]), ("exuvia.TimeLimit", ["bad"]))
        report = cell("async def main():\n  t = asyncio.create_task(bad())\n  await asyncio.sleep(5)\nasyncio.run(main())")["error"]
        self.assertEqual(report["limit"], "time")

    def test_limit_in_a_callback(self):
        source = "def bad2(): signal.raise_signal(signal.SIGXCPU); list(map(str, range(9)))\n"
        report = cell(source + "asyncio.get_running_loop().call_soon(bad2)\nawait asyncio.sleep(5)")["error"]
        self.assertEqual(report["limit"], "time")

    def test_limit_that_is_awaited_can_be_caught(self):
        source = "import exuvia\nasync def main():\n  t = asyncio.create_task(bad())\n  try: await t\n"
        source += "  except exuvia.TimeLimit: pass\n  await asyncio.sleep(0)\n  await asyncio.sleep(0)\n  return 'went on'\nawait main()"
        cell("async def bad():\n  signal.raise_signal(signal.SIGXCPU)\n  for i in range(1000): pass\n")
        self.assertEqual(value(source), "'went on'")

    def test_exit_in_a_task(self):
        self.assertEqual(cell("await asyncio.sleep(0)\nraise SystemExit(3)"), {"exit": {"code": 3}})
        self.assertEqual(value("await asyncio.sleep(0, 1)"), "1")

    def test_run_blocks_on_the_hosts_clock(self):
        before = clock.now
        source = "async def main():\n  r = await asyncio.gather(asyncio.sleep(2, 'b'), asyncio.sleep(1, 'a'))\n  return r\nasyncio.run(main())"
        self.assertEqual(value(source), "['b', 'a']")
        self.assertEqual((clock.sleeps, clock.now - before), ([1.0, 1.0], 2.0))

    def test_deadlock_is_an_error(self):
        report = cell("async def main(): await asyncio.Future()\nasyncio.run(main())")["error"]
        self.assertEqual(report["type"], "RuntimeError")
        self.assertTrue(report["message"].startswith("deadlock: "), report["message"])

    def test_timeouts_queues_threads(self):
        source = "async def main():\n  try:\n    async with asyncio.timeout(3): await asyncio.sleep(9)\n  except TimeoutError: pass\n"
        source += "  q = asyncio.Queue()\n  async with asyncio.TaskGroup() as g:\n    g.create_task(q.put(5)); t = g.create_task(q.get())\n"
        source += "  loop = asyncio.get_running_loop()\n  from concurrent.futures import ThreadPoolExecutor\n"
        source += "  return t.result(), await asyncio.to_thread(lambda: 6), await loop.run_in_executor(ThreadPoolExecutor(), pow, 2, 3)\n"
        self.assertEqual(value(source + "asyncio.run(main())"), "(5, 6, 8)")
        self.assertEqual(value(source + "asyncio.new_event_loop().run_until_complete(main())"), "(5, 6, 8)")
        report = cell("await asyncio.to_thread(lambda: 1/0)")["error"]
        self.assertEqual(report["type"], "ZeroDivisionError")

    def test_refusals(self):
        refused = {
            "await asyncio.open_connection('localhost', 80)": ("OSError", _network.MESSAGE),
            "await asyncio.create_subprocess_shell('ls')": ("NotImplementedError", _processes.MESSAGE),
            "asyncio.new_event_loop().add_signal_handler(2, print)": (
                "NotImplementedError", "signals are not available in the sandbox's event loop"),
            "asyncio.new_event_loop().add_reader(0, print)": (
                "NotImplementedError", "watching file descriptors is not available in the sandbox's event loop"),
            "signal.set_wakeup_fd(3)": ("NotImplementedError", "signal.set_wakeup_fd is not available in the sandbox"),
        }
        for source, wanted in refused.items():
            with self.subTest(source):
                report = cell(source)["error"]
                self.assertTrue((report["type"], report["message"].partition("] ")[2] or report["message"]) == wanted, report)

    def test_factories(self):
        from exuvia._loop import Loop

        for source in ("asyncio.EventLoop", "asyncio.SelectorEventLoop", "type(asyncio.new_event_loop())"):
            self.assertIs(eval(source), Loop)

    def test_protocol_errors(self):
        self.assertEqual(enter(1)["error"]["message"], "no cell waits")

    def test_cell_that_was_left_is_ended(self):
        cell("try: await asyncio.sleep(1)\nfinally: left5 = True")
        self.assertEqual(cell("await asyncio.sleep(2)"), {"wait": 2.0})
        clock.now += 2
        self.assertIsNone(enter(1))
        self.assertEqual(value("left5"), "True")

    def test_sleep(self):
        real = [(-1, "ValueError", "sleep length must be non-negative"), (-0.5, "ValueError", "sleep length must be non-negative"),
                ("'a'", "TypeError", "'str' object cannot be interpreted as an integer or float"),
                ("float('nan')", "ValueError", "Invalid value NaN (not a number)"),
                ("float('inf')", "OverflowError", "timestamp out of range for platform time_t"),
                ("2**80", "OverflowError", "timestamp too large to convert to C PyTime_t")]
        for argument, kind, message in real:
            report = cell(f"time.sleep({argument})")["error"]
            self.assertEqual((report["type"], report["message"], len(report["frames"])), (kind, message, 1))
        report = cell("try: time.sleep(-1)\nexcept ValueError: 1/0")["error"]
        self.assertEqual([f["function"] for f in report["context"]["frames"]], ["<module>"])
        self.assertNotIn("exuvia", report["traceback"])
        clock.sleeps.clear()
        cell("class A: sleep = time.sleep\nA().sleep(True)\ntime.sleep(0.25)\ntime.sleep(0)")
        self.assertEqual(clock.sleeps, [1.0, 0.25, 0.0])

    def test_sleep_goes_on_after_a_signal_that_raises_nothing(self):
        clock.on_sleep = lambda: 0.5
        cell("time.sleep(2)")
        self.assertEqual(clock.sleeps, [2.0, 1.5])

    def test_sleep_is_ended_by_a_limit(self):
        clock.on_sleep = lambda: signal.raise_signal(signal.SIGXCPU)
        report = cell("time.sleep(2)")["error"]
        self.assertEqual((report["limit"], clock.sleeps), ("time", [2.0]))


if __name__ == "__main__":
    unittest.main()
