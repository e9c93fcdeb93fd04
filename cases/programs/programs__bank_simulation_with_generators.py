def account(balance=0):
    while True:
        command, *args = yield balance
        match command, *args:
            case "deposit", n if n > 0:
                balance += n
            case "withdraw", n if n <= balance:
                balance -= n
            case "withdraw", _:
                print("refused")
            case "close",:
                return balance
            case other:
                print("unknown", other)


a = account(10)
print(next(a))
for step in [("deposit", 5), ("withdraw", 100), ("withdraw", 15), ("deposit", -1), ("jump", 1)]:
    print(step, a.send(step))
try:
    a.send(("close",))
except StopIteration as stop:
    print("closed with", stop.value)


def interest(rate):
    total = 0
    while True:
        total = (total + (yield round(total, 2))) * (1 + rate)


i = interest(0.1)
next(i)
print([i.send(100) for _ in range(4)])


def ledger():
    entries = []
    try:
        while True:
            entries.append((yield len(entries)))
    except GeneratorExit:
        print("audit", sum(entries), entries)


l = ledger()
next(l)
for v in (1, -2, 30):
    l.send(v)
l.close()


def worker(name):
    done = 0
    while True:
        try:
            job = yield done
            done += 1
        except RuntimeError as error:
            print(name, "interrupted:", error)


w = worker("w1")
next(w)
print(w.send("a"), w.throw(RuntimeError("pause")), w.send("b"))
