n = 10
g = (n * i for i in range(3))
n = 100
print(list(g))


def outer():
    items = [1, 2, 3]
    g = (i * k for i in items)
    k = 5
    items = None
    return list(g)


print(outer())
g = (print("side", i) or i for i in [1, 2])
print("made")
print(list(g))
print(sum(i for i in range(5)), max((len(w), w) for w in ["a", "bbb", "cc"]), dict((k, v) for k, v in [("a", 1)]), " ".join(str(i) for i in range(3)), set(i % 2 for i in range(4)), sorted((-i for i in range(3))))
gg = ((i, j) for i in range(2) for j in range(i, 2) if i + j)
print(list(gg), list(gg))
e = (i for i in range(3))
print(1 in e, list(e))
try:
    (1 / i for i in [0]).__next__()
except ZeroDivisionError as error:
    print(error)
try:
    g = (x for x in 5)
except TypeError as error:
    print("at creation", error)
g = (x for y in [[1], 5] for x in y)
print(next(g))
try:
    next(g)
except TypeError as error:
    print("later", error)
print(type(g).__name__, g.gi_code.co_name, list(zip((i for i in "ab"), (i for i in range(9)))))
