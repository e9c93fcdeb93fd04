for e in [ValueError(), ValueError("a"), ValueError("a", 1), ValueError(None), KeyError("k"), KeyError(), KeyError(1, 2), OSError(2, "msg"), OSError(2, "msg", "f"), OSError(2, "m", "f", None, "g"), OSError("only"), StopIteration(5), SystemExit(3), SystemExit("x"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "why"), SyntaxError("m"), ImportError("m", name="n", path="p"), NameError("m", name="n"), AttributeError("m", name="n", obj=5), StopAsyncIteration(1), AssertionError(["x"])]:
    print(repr(e), "|", str(e), "|", e.args)
e = OSError(2, "No such file", "a.txt", None, "b.txt")
print(e.errno, e.strerror, e.filename, e.filename2)
try:
    None.foo
except AttributeError as error:
    print(error.name, error.obj)
try:
    import nothing_here.sub
except ImportError as error:
    print(type(error).__name__, error.name, error.path, error)
try:
    from os import nothing_here
except ImportError as error:
    print(error.name, str(error).split(" (")[0])
try:
    b"\xff".decode("ascii")
except UnicodeDecodeError as error:
    print(error.object, error.start, error.end, error.reason, error.encoding)
for bad in ["ValueError(a=1)", "OSError(1, 2, 3, 4, 5, 6)", "UnicodeDecodeError(1)", "ImportError(nope=1)", "SyntaxError('m', 5)", "SyntaxError('m', ('f', 1))", "BaseException.__new__(int)", "raise_(ValueError, 1)"]:
    try:
        print(repr(eval(bad)))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
e = ValueError("x")
e.custom = 1
e.args = (1, 2)
print(e, e.custom, e.__dict__, e == ValueError(1, 2), hash(e) == hash(e))
for bad in ["e.__traceback__ = 5", "e.__cause__ = 5", "e.args = 5", "e.__context__ = 5"]:
    try:
        exec(bad)
    except TypeError as error:
        print(error)
import pickle, copy

p = pickle.loads(pickle.dumps(OSError(2, "m", "f")))
print(type(p), p.args, p.filename, copy.copy(e).args)
