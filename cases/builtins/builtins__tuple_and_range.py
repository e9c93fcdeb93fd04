t = (1, "a", None)
print(t, (1,), (), t + (2,), t * 2, t[1], t[-1:], t.count(1), t.index("a"), len(t), "a" in t)
print((1, 2) == (1.0, 2.0), (1, 2) < (1, 3), hash((1, 2)) == hash((1.0, 2)), tuple("ab"), tuple({"k": 1}), tuple([]) == ())
l = []
t = (l,)
l.append(1)
print(t)
try:
    t[0] += [2]
except TypeError as error:
    print(error, t)
for bad in ["t[5]", "t.index(9)", "t.append(1)", "t + [1]", "t['x']", "del_()", "tuple(5)", "hash(t)", "(1).x", "tuple(1, 2)", "t < 5"]:

    def del_():
        del t[0]

    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


class T(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)

    def __repr__(self):
        return "T" + super().__repr__()


print(T(1, 2), T(1) + (2,), type(T(1) * 2), T(1, 2) == (1, 2))
r = range(10, 0, -3)
print(r, list(r), r[1], r[-1], r[1:], r.start, r.stop, r.step, r.count(7), 4 in r, "a" in r, 4.0 in r, len(r), bool(range(0)))
print(range(5)[::-1], range(0, 10, 2) == range(0, 9, 2), list(range(3, 3)), max(range(10)), sum(range(101)), reversed(range(3)).__next__())
print(range(10**20)[-1], len(range(-(10**9), 10**9)), range(1, 10**30, 7).index(8), iter(range(3)).__length_hint__())
try:
    r.start = 5
except AttributeError as error:
    print(error)
try:
    range(3).index(7)
except ValueError as error:
    print(error)
