class AppError(Exception):
    code = 500

    def __init__(self, message, **details):
        super().__init__(message)
        self.details = details

    def __str__(self):
        extra = ", ".join(f"{k}={v!r}" for k, v in self.details.items())
        return f"[{self.code}] {self.args[0]}" + (f" ({extra})" if extra else "")


class NotFound(AppError):
    code = 404


class Denied(AppError, PermissionError):
    code = 403


def find(key):
    try:
        return {"a": 1}[key]
    except KeyError as error:
        raise NotFound("no such key", key=key) from error


for key in ("a", "b"):
    try:
        print(find(key))
    except AppError as error:
        print(error, repr(error), type(error.__cause__).__name__, error.details, error.args)
for kind in (AppError, OSError, Exception):
    try:
        raise Denied("no entry", who="ann")
    except kind as error:
        print(kind.__name__, "catches", error)
try:
    try:
        find("c")
    except NotFound as error:
        error.add_note("while testing")
        raise
except AppError as error:
    print(error.__notes__, error.__traceback__ is not None, error.__suppress_context__)


class Multi(ValueError, KeyError):
    pass


print(Multi("x"), [k.__name__ for k in Multi.__mro__[1:4]], issubclass(Denied, OSError))
import copy
import pickle

e = pickle.loads(pickle.dumps(NotFound("m")))
print(e, type(e).__name__, copy.copy(NotFound("n", k=1)).details)


class NoArgs(Exception):
    def __init__(self, a, b):
        self.a = a


try:
    pickle.loads(pickle.dumps(NoArgs(1, 2)))
    print("restored")
except TypeError as error:
    print(str(error)[-60:])


class Cleanup:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        print("cleanup saw", kind.__name__ if kind else None)


def work():
    with Cleanup():
        raise Denied("x")


try:
    work()
except Denied as error:
    depth, tb = 0, error.__traceback__
    while tb:
        depth, tb = depth + 1, tb.tb_next
    print("frames", depth)
