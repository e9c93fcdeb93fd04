import sys

m = sys.monitoring
m.use_tool_id(3, "demo")
log = []
E = m.events


def f(n):
    total = 0
    for i in range(n):
        total += i
    return total


m.register_callback(3, E.PY_START, lambda code, off: log.append(("start", code.co_name)))
m.register_callback(3, E.PY_RETURN, lambda code, off, v: log.append(("return", v)))
m.register_callback(3, E.LINE, lambda code, line: log.append(("line", line - code.co_firstlineno)))
m.register_callback(3, E.JUMP, lambda code, a, b: log.append(("jump",)))
m.set_local_events(3, f.__code__, E.PY_START | E.PY_RETURN | E.LINE)
f(2)
print(log)
log.clear()
m.register_callback(3, E.LINE, lambda code, line: m.DISABLE)
f(2)
f(1)
print(log)
log.clear()
m.register_callback(3, E.RAISE, lambda code, off, e: log.append(("raise", type(e).__name__)))
m.set_events(3, E.RAISE)
try:
    int("x")
except ValueError:
    pass
m.set_events(3, 0)
print(log[:1])
print(m.get_tool(3), m.get_local_events(3, f.__code__) == E.PY_START | E.PY_RETURN | E.LINE, m.get_events(3))
m.set_local_events(3, f.__code__, 0)
m.free_tool_id(3)
print(m.get_tool(3))
for bad in ["m.use_tool_id(99, 'x')", "m.set_events(3, 1)", "m.use_tool_id(3, 5)", "m.register_callback(3, 12345, None)"]:
    try:
        eval(bad)
        print("ok", bad)
    except Exception as error:
        print(type(error).__name__, error)
