log = []


def g(name):
    try:
        log.append(f"open {name}")
        yield name
        yield name + "!"
    finally:
        log.append(f"close {name}")


for x in g("loop"):
    break
print(log)
log.clear()
a, b = g("a"), g("b")
print([x for pair in zip(a, b) for x in pair])
print(log)
log.clear()
it = g("partial")
next(it)
it.close()
it.close()
print(log)
log.clear()
unstarted = g("never")
unstarted.close()
del unstarted
print(log)
try:
    for x in g("raising"):
        raise KeyError(x)
except KeyError:
    pass
print(log)
log.clear()
with_throw = g("throw")
next(with_throw)
try:
    with_throw.throw(ValueError, "old style")
except (ValueError, DeprecationWarning, TypeError) as error:
    print(type(error).__name__, error)
print(log)


def swallow():
    while True:
        try:
            yield
        except ValueError:
            yield "swallowed"


s = swallow()
next(s)
print(s.throw(ValueError()), next(s), s.throw(ValueError))
for bad in [lambda: s.throw(5), lambda: s.throw(KeyError("out"))]:
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)
