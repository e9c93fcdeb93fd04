import cProfile
import io
import pstats


def inner():
    return sum(range(10))


def outer():
    return [inner() for _ in range(5)]


p = cProfile.Profile()
print(p.runcall(outer)[0])
stats = pstats.Stats(p, stream=io.StringIO())
calls = {name: v[0] for (file, line, name), v in stats.stats.items()}
print(calls["inner"], calls["outer"], calls["<built-in method builtins.sum>"], stats.total_calls >= 11)
callers = {k[2]: sorted(c[2] for c in v[4]) for k, v in stats.stats.items()}
print(callers["inner"])
with cProfile.Profile() as q:
    outer()
q.create_stats()
print(any(k[2] == "inner" for k in q.stats))
try:
    pstats.Stats("missing.prof")
except OSError as error:
    print(type(error).__name__)
