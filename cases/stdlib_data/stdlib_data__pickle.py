import copyreg
import io
import pickle
import pickletools


class P:
    def __init__(self, x):
        self.x = x

    def __eq__(self, o):
        return self.x == o.x


class State:
    def __init__(self):
        self.a, self.skip = 1, lambda: 0

    def __getstate__(self):
        return {"a": self.a}

    def __setstate__(self, s):
        self.a, self.skip = s["a"] + 10, None


class Reduce:
    def __reduce__(self):
        return (dict, ([("built", 1)],))


class NewArgs(int):
    def __new__(cls, v, tag):
        self = super().__new__(cls, v)
        self.tag = tag
        return self

    def __getnewargs__(self):
        return (int(self), self.tag)


values = [None, True, 5, -(10**30), 1.5, 1j, "é", b"\xff", bytearray(b"x"), [1, [2]], (1,), {"a": {1}}, frozenset([1]), range(3), slice(1, 2), len, int, P, P(5), ..., NotImplemented, float("inf")]
for proto in range(pickle.HIGHEST_PROTOCOL + 1):
    print(proto, [pickle.loads(pickle.dumps(v, proto)) == v for v in values].count(False))
l = [1]
l.append(l)
m = pickle.loads(pickle.dumps(l))
shared = [[]] * 2
s = pickle.loads(pickle.dumps(shared))
print(m[1] is m, s[0] is s[1], pickle.loads(pickle.dumps(State())).a, pickle.loads(pickle.dumps(Reduce())), pickle.loads(pickle.dumps(NewArgs(5, "t"))).tag)
for bad in ["pickle.dumps(lambda: 0)", "pickle.dumps(open)", "pickle.dumps(iter([]).__next__)", "pickle.dumps((i for i in []))", "pickle.loads(b'')", "pickle.loads(b'junk')", "pickle.loads(b'\\x80\\x09.')", "pickle.loads(pickle.dumps([1])[:-1])", "pickle.dumps(type('Local', (), {})())", "pickle.loads(b'cnope\\nx\\n.')", "pickle.loads(b'cos\\nnope\\n.')", "pickle.dumps(1, 99)", "pickle.loads('x')", "pickle.dumps(memoryview(b''))", "pickle.loads(b'.')", "pickle.loads(b'0.')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {str(error).split(' at 0x')[0]}")
pickletools.dis(pickletools.optimize(pickle.dumps({"a": [1, (2, "x")]}, 4)))


class Safe(pickle.Unpickler):
    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"forbidden {module}.{name}")

    def persistent_load(self, pid):
        return f"persistent {pid}"


try:
    Safe(io.BytesIO(pickle.dumps(print))).load()
except pickle.UnpicklingError as error:
    print(error)


class Pers(pickle.Pickler):
    def persistent_id(self, o):
        return "id7" if isinstance(o, P) else None

    def reducer_override(self, o):
        return (str, ("overridden",)) if isinstance(o, State) else NotImplemented


out = io.BytesIO()
Pers(out).dump([P(1), State(), 2])
print(Safe.__mro__[1].__name__, type("U", (Safe,), {"find_class": lambda s, m, n: str})(io.BytesIO(out.getvalue())).load())
copyreg.pickle(complex, lambda c: (complex, (c.real, 0)))
print(pickle.loads(pickle.dumps(1 + 2j)))
copyreg.dispatch_table.pop(complex)
buffers = []
data = pickle.dumps(pickle.PickleBuffer(b"big"), 5, buffer_callback=buffers.append)
print(len(buffers), bytes(pickle.loads(data, buffers=buffers)))
