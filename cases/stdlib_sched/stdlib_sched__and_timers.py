import sched

now = [0.0]
log = []
s = sched.scheduler(lambda: now[0], lambda d: now.__setitem__(0, now[0] + d))


def note(name, *, again=0):
    log.append((now[0], name))
    if again:
        s.enter(1.5, 1, note, (name,), {"again": again - 1})


s.enter(3, 1, note, ("three",))
s.enter(1, 2, note, ("one low",))
s.enter(1, 1, note, ("one high",))
repeat = s.enter(0.5, 1, note, ("repeat",), {"again": 3})
gone = s.enter(2, 1, note, ("cancelled",))
s.cancel(gone)
print([(e.time, e.priority, e.argument) for e in s.queue])
try:
    s.cancel(gone)
except ValueError as error:
    print(error)
print(s.run(blocking=False), log)
s.run()
for entry in log:
    print(entry)
print(s.empty(), now[0])


def fails():
    raise RuntimeError("task failed")


s.enter(1, 1, fails)
s.enter(2, 1, note, ("after the failure",))
try:
    s.run()
except RuntimeError as error:
    print(error, len(s.queue))
s.run()
print(log[-1])
