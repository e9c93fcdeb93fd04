d = {}
for k in ["z", "a", "m"]:
    d[k] = len(d)
d["a"] = 99
del d["z"]
d["z"] = "again"
print(d, list(d), list(reversed(d)), next(iter(d)), d.popitem())
for size in (5, 50, 500):
    big = {i: str(i) for i in range(size)}
    for i in range(0, size, 2):
        del big[i]
    for i in range(size, size + 3):
        big[i] = "new"
    print(len(big), list(big)[:3], list(big)[-3:], sum(big) , size in big)
e = {"a": 1}
it = iter(e)
next(it)
e["b"] = 2
try:
    next(it)
except RuntimeError as error:
    print(error)
e = {1: 1, 2: 2}
try:
    for k in e:
        del e[k]
        e[k + 10] = 1
except RuntimeError as error:
    print(error)
for k in list(e):
    del e[k]
print(e)


class Collide:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 1

    def __eq__(self, o):
        return self.n == o.n

    def __repr__(self):
        return f"C{self.n}"


c = {Collide(i): i for i in range(20)}
print(c[Collide(7)], len(c), Collide(99) in c, c.pop(Collide(3)), list(c)[:4])


class Evil:
    def __init__(self, target):
        self.target = target

    def __hash__(self):
        return 5

    def __eq__(self, o):
        self.target.clear()
        return False


t = {}
t[Evil(t)] = 1
t[Evil(t)] = 2
print(len(t))
x = {"a": 1, "b": 2}
y = {"b": 3, "c": 4}
print(x | y, y | x, x.items() & y.items(), x.keys() ^ y.keys() == {"a", "c"}, {**x, **y} == x | y)
