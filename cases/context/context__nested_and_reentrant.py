from contextlib import ExitStack, contextmanager, AbstractContextManager, ContextDecorator, nullcontext

log = []


class R:
    def __init__(self, name, fail=None):
        self.name, self.fail = name, fail

    def __enter__(self):
        if self.fail == "enter":
            raise RuntimeError(f"enter {self.name}")
        log.append(f"+{self.name}")
        return self

    def __exit__(self, *e):
        log.append(f"-{self.name}:{e[0].__name__ if e[0] else None}")
        if self.fail == "exit":
            raise RuntimeError(f"exit {self.name}")
        return self.fail == "swallow"


def attempt(*rs):
    log.clear()
    try:
        with ExitStack() as s:
            for r in rs:
                s.enter_context(r)
            log.append("body")
            raise KeyError("body error")
    except Exception as e:
        log.append(f"out {type(e).__name__} {e} ctx {e.__context__!r}")
    print(log)


attempt(R("a"), R("b"))
attempt(R("a"), R("b", "enter"))
attempt(R("a"), R("b", "exit"))
attempt(R("a", "swallow"), R("b"))
attempt(R("a", "exit"), R("b", "exit"))
log.clear()
with R("x") as x, R("y") as y:
    log.append(x.name + y.name)
print(log)


class Re:
    depth = 0

    def __enter__(self):
        self.depth += 1
        return self.depth

    def __exit__(self, *a):
        self.depth -= 1


r = Re()
with r as d1:
    with r as d2, r as d3:
        print(d1, d2, d3, r.depth)
print(r.depth)


@contextmanager
def once():
    yield 1


c = once()
with c:
    pass
try:
    with c:
        pass
except (RuntimeError, AttributeError) as e:
    print(type(e).__name__, e)
with ExitStack() as s:
    print(s.enter_context(nullcontext("n")), s.callback(log.append, "called").__name__)
    try:
        s.enter_context(5)
    except TypeError as e:
        print(e)
print(log[-1], isinstance(R("q"), AbstractContextManager))
