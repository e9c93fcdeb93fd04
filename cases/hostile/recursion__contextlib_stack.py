import contextlib


@contextlib.contextmanager
def f():
    with f():
        yield


with f():
    pass
