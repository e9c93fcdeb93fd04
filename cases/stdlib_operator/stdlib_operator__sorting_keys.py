from operator import add, and_, attrgetter, contains, eq, ge, getitem, iadd, ior, is_not, itemgetter, le, methodcaller, mul, ne, or_, sub, truediv
from functools import reduce
from types import SimpleNamespace as NS

people = [NS(name=NS(first="Ann", last="Z"), age=30), NS(name=NS(first="Bob", last="A"), age=25), NS(name=NS(first="Cy", last="M"), age=30)]
print([p.name.first for p in sorted(people, key=attrgetter("age", "name.last"))], list(map(attrgetter("name.last"), people)), max(people, key=attrgetter("age")).name.first)
rows = [(1, "b", 2.5), (2, "a", 1.5), (1, "a", 9)]
print(sorted(rows, key=itemgetter(0, 1)), list(map(itemgetter(-1), rows)), itemgetter(slice(0, 2))(rows[0]), dict(map(itemgetter(1, 0), rows)))
print(list(map(methodcaller("upper"), "ab")), list(map(methodcaller("replace", "a", "x"), ["aa", "ba"])), reduce(mul, range(1, 6)), reduce(or_, [{1}, {2}]) == {1, 2}, reduce(and_, [7, 3, 6]), list(map(sub, [5, 6], [1, 2])), list(map(truediv, [1, 2], [2, 4])))
ops = {"==": eq, "!=": ne, "<=": le, ">=": ge}
print({k: [f(a, b) for a, b in ((1, 2), (2, 2), (3, 2))] for k, f in ops.items()}, contains([1], 1), getitem({"k": 5}, "k"), is_not(None, 1), add("a", "b"))
a = [1]
print(iadd(a, (2,)) is a, a, ior({1}, {2}), iadd(5, 6))
