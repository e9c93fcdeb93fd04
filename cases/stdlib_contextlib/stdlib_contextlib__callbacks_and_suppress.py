import contextlib
import io
import sys

with contextlib.suppress(ZeroDivisionError):
    print("before")
    1 / 0
    print("not reached")
print("after")
err = io.StringIO()
with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()) as out:
    print("to out")
    print("to err", file=sys.stderr)
    with contextlib.redirect_stdout(sys.__stdout__):
        print("nested redirect")
    print("back")
print(repr(out.getvalue()), repr(err.getvalue()))
with contextlib.ExitStack() as stack:
    for i in range(3):
        stack.callback(print, "callback", i)
    stack.push(lambda kind, *a: kind is KeyError)
    raise KeyError("suppressed by the pushed exit")
print("survived")


@contextlib.contextmanager
def transaction(log):
    log.append("begin")
    try:
        yield log.append
    except Exception as error:
        log.append(f"rollback {error}")
        raise
    else:
        log.append("commit")


log = []
with transaction(log) as write:
    write("row")
with contextlib.suppress(ValueError), transaction(log) as write:
    write("bad row")
    raise ValueError("constraint")
print(log)


class Resource(contextlib.AbstractContextManager):
    def __exit__(self, *a):
        print("released", a[0] and a[0].__name__)


with Resource() as r:
    print(type(r).__name__)


def maybe(flag):
    return Resource() if flag else contextlib.nullcontext("none")


for flag in (True, False):
    with maybe(flag) as v:
        print(v if flag is False else "resource")
