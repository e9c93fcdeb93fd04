def inner():
    try:
        x = yield "a"
        print("inner got", x)
        yield "b"
    except KeyError as error:
        print("inner caught", error)
        yield "c"
    return "inner result"


def outer():
    result = yield from inner()
    print("result", result)
    got = yield from [1, 2]
    print("list result", got)
    yield from "xy"
    return "outer"


o = outer()
print(next(o), o.send("S"), o.throw(KeyError("k")), next(o), next(o), next(o), next(o))
try:
    next(o)
except StopIteration as stop:
    print(stop.value)


def flatten(x):
    for item in x:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


print(list(flatten([1, [2, [3, [4]], 5], []])))


def delegate():
    yield from 5


try:
    next(delegate())
except TypeError as error:
    print(error)


def average():
    total = count = 0
    mean = None
    while True:
        value = yield mean
        if value is None:
            return total, count
        total += value
        count += 1
        mean = total / count


def run(results):
    while True:
        results.append((yield from average()))


results = []
r = run(results)
next(r)
print([r.send(v) for v in (10, 20, None, 5, None)], results)


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


print(*tree(4))
print(r.gi_yieldfrom.__name__, r.gi_frame.f_lineno > 0, r.gi_running, r.gi_code.co_name)
r.close()
print(r.gi_frame, r.gi_yieldfrom)
