import copyreg
import marshal
import pickle

values = [None, True, 5, -(2**70), 1.5, 1j, "é", b"x", (1, (2,)), [1], {"k": [1]}, {1}, frozenset([2]), ..., StopIteration, slice(1, 2)]
for v in values:
    print(repr(marshal.loads(marshal.dumps(v))))
code = marshal.loads(marshal.dumps(compile("print('from marshalled code')", "<demo>", "exec")))
exec(code)
for bad in [r"marshal.dumps(object())", r"marshal.dumps(lambda: 0)", r"marshal.loads(b'')", r"marshal.loads(b'junk')", r"marshal.loads(b'\xff')", r"marshal.loads('x')", r"marshal.loads(marshal.dumps([1, 2])[:-2])", r"marshal.dumps([object()])", r"marshal.loads(b'(\xff\xff\xff\x7f')", r"marshal.loads(marshal.dumps(code), allow_code=False)", r"marshal.loads(b'r\x05\x00\x00\x00')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(marshal.version, marshal.dumps(1, 4), marshal.dumps("a", 2))


class P:
    pass


copyreg.add_extension("__main__", "P", 200)
print(pickle.dumps(P, 2), pickle.loads(pickle.dumps(P, 2)) is P)
copyreg.remove_extension("__main__", "P", 200)
for bad in ["copyreg.add_extension('m', 'n', 0)", "copyreg.remove_extension('m', 'n', 5)", "copyreg.pickle(5, 5)"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
