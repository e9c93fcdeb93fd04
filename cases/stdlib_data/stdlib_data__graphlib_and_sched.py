import sched
from graphlib import CycleError, TopologicalSorter

ts = TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}})
order = list(ts.static_order())
print(order[0], order[-1], sorted(order[1:3]))
ts = TopologicalSorter()
ts.add("build", "fetch", "configure")
ts.add("configure", "fetch")
ts.prepare()
while ts.is_active():
    ready = sorted(ts.get_ready())
    print(ready)
    ts.done(*ready)
try:
    list(TopologicalSorter({"a": ["b"], "b": ["c"], "c": ["a"]}).static_order())
except CycleError as error:
    print(error.args[0], len(error.args[1]), error.args[1][0] == error.args[1][-1])
for bad in ["ts.get_ready() and 1", "ts.done('nope')", "ts.prepare()", "TopologicalSorter().get_ready()", "ts.add('x')", "TopologicalSorter({'a': [[]]})"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(type(error).__name__, error)
clock = [0]
s = sched.scheduler(lambda: clock[0], lambda d: clock.__setitem__(0, clock[0] + d))
log = []
s.enter(5, 1, lambda: log.append(("five", clock[0])))
s.enter(2, 2, log.append, ("two-low",))
e = s.enter(2, 1, log.append, argument=("two-high",))
x = s.enterabs(3, 1, print, kwargs={})
s.cancel(x)
print(len(s.queue), s.empty(), e.time)
s.run()
print(log, s.empty())
