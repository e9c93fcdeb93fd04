import operator as op

print(op.itemgetter(1)([5, 6]), op.itemgetter("a", "b")({"a": 1, "b": 2}), op.attrgetter("real", "imag")(1 + 2j), op.attrgetter("__class__.__name__")(5), op.methodcaller("split", ",", maxsplit=1)("a,b,c"), op.itemgetter(slice(2))([1, 2, 3]))
print(op.add(1, 2), op.concat([1], [2]), op.contains("abc", "b"), op.countOf([1, 1, 2], 1), op.indexOf("abc", "c"), op.floordiv(7, 2), op.truediv(1, 2), op.matmul.__name__, op.mod(7, 3), op.neg(1), op.not_(0), op.pow(2, 3), op.xor(5, 3), op.inv(0), op.index(True), op.truth([]), op.is_(None, None), op.is_none(None), op.lt("a", "b"), op.lshift(1, 3), op.call(max, 1, 2))
l = [1, 2]
op.setitem(l, 0, 9)
op.delitem(l, 1)
print(l, op.iadd(l, [3]), l, op.getitem("abc", 1), op.length_hint(iter([1, 2])), op.length_hint(5 if False else [], 7))
data = [("b", 2), ("a", 2), ("c", 1)]
print(sorted(data, key=op.itemgetter(1, 0)), max(data, key=op.itemgetter(1)), [*map(op.mul, [1, 2], [3, 4])], repr(op.itemgetter(1, "a")), repr(op.attrgetter("a.b")), repr(op.methodcaller("f", 1, k=2)))
for bad in ["op.itemgetter()", "op.itemgetter(5)([1])", "op.attrgetter(5)", "op.attrgetter('x')(1)", "op.methodcaller()", "op.methodcaller(5)", "op.methodcaller('nope')(1)", "op.concat(1, 2)", "op.indexOf([1], 2)", "op.add(1)", "op.index(1.5)", "op.length_hint(1, 'a')", "op.countOf(1, 1)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
import pickle

print(pickle.loads(pickle.dumps(op.itemgetter(1)))([7, 8]), op.itemgetter(0).__reduce__())
