def averager():
    total, n, avg = 0, 0, None
    while True:
        total += yield avg
        n += 1
        avg = total / n


a = averager()
next(a)
print([a.send(x) for x in (10, 20, 60)])


def grep(word, target):
    try:
        while True:
            line = yield
            if word in line:
                target.send(line)
    except GeneratorExit:
        target.close()


def sink(log):
    try:
        while True:
            log.append((yield))
    except GeneratorExit:
        log.append("closed")


log = []
s = sink(log)
next(s)
g = grep("x", s)
next(g)
for line in ["ax", "b", "xc"]:
    g.send(line)
g.close()
print(log)


def scheduler(*tasks):
    queue = list(tasks)
    while queue:
        t = queue.pop(0)
        try:
            yield next(t)
            queue.append(t)
        except StopIteration as stop:
            yield ("done", stop.value)


def task(name, n):
    for i in range(n):
        yield f"{name}{i}"
    return name


print(list(scheduler(task("a", 2), task("b", 3))))
