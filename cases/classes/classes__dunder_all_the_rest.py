class M:
    def __len__(self):
        return 3

    def __iter__(self):
        return iter("abc")

    def __getitem__(self, k):
        return f"item {k}"

    def __setitem__(self, k, v):
        print("set", k, v)

    def __delitem__(self, k):
        print("del", k)

    def __enter__(self):
        return "entered"

    def __exit__(self, *a):
        return True

    def __call__(self, *a, **k):
        return ("called", a, k)

    def __int__(self):
        return 7

    def __float__(self):
        return 7.5

    def __str__(self):
        return "str"

    def __repr__(self):
        return "repr"

    def __bytes__(self):
        return b"bytes"

    def __hash__(self):
        return 42

    def __bool__(self):
        return False

    def __missing__(self, k):
        return "missing"

    def __sizeof__(self):
        return 10

    def __instancecheck__(self, x):
        return x == 1

    def __getstate__(self):
        return {"s": 1}

    def __fspath__(self):
        return "fs/path"

    def __set_name__(self, o, n):
        print("named", n)

    def __class_getitem__(cls, k):
        return f"M[{k}]"

    def __iadd__(self, o):
        return "iadd"

    def __buffer__(self, flags):
        return memoryview(b"buffer!")


m = M()
m[1:2] = 3
del m["k"]
with m as w:
    raise ValueError("swallowed")
print(w, m(1, k=2), int(m), float(m), str(m), repr(m), bytes(m), hash(m), bool(m), [*m], m[...], M[int], isinstance(1, m), m.__getstate__())
import os

print(os.fspath(m), os.path.join(m, "x"), memoryview(m).tobytes(), b"".join([m]) if False else bytearray(m), f"{m!s} {m!r} {m}", "%s %r" % (m, m), {m: 1}[m], len(m), "a" in m, list(map(str, m)), max(m), dict(zip(m, m)))


class Holder:
    attr = m


m += 1
print(m)
