def gen(n):
    print("start")
    for i in range(n):
        got = yield i
        if got:
            print("got", got)
    return "result"


g = gen(3)
print(type(g).__name__, next(g), g.send("hello"), next(g))
try:
    next(g)
except StopIteration as stop:
    print("value", stop.value)
try:
    next(g)
except StopIteration as stop:
    print("again", stop.value)
print(list(gen(2)), sum(x * x for x in range(4)))
try:
    gen(1).send(5)
except TypeError as error:
    print(error)


def catching():
    while True:
        try:
            yield "waiting"
        except ValueError as error:
            print("caught", error)
        finally:
            print("finally")


c = catching()
print(next(c), c.throw(ValueError("thrown")))
c.close()
try:
    next(c)
except StopIteration:
    print("closed")


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


s = stubborn()
next(s)
try:
    s.close()
except RuntimeError as error:
    print(error)


def leaks():
    yield 1
    raise StopIteration("inside")


try:
    list(leaks())
except RuntimeError as error:
    print(error, repr(error.__cause__))


def reenter():
    yield next(me)


me = reenter()
try:
    next(me)
except ValueError as error:
    print(error)


def closing():
    try:
        yield 1
    except GeneratorExit:
        return "closed value"


k = closing()
next(k)
print(k.close(), k.close())
