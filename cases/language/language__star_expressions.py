a, *b = 1, 2, 3
*c, d = "xyz"
e, (f, *g), *h = 1, (2, 3, 4), 5, 6
print(a, b, c, d, e, f, g, h)
print([*"ab", *[1, 2]], {*"aab"} == {"a", "b"}, {**{"x": 1}, **{"x": 2}}, (*range(3),))


def f(*args, **kw):
    return args, kw


print(f(*[1, 2], 3, *"ab", k=1, **{"m": 2}, **{"n": 3}))
for x, *y in [(1, 2, 3), "ab", [9]]:
    print(x, y)
first, *_, last = range(100)
print(first, last, max(*[3, 1, 2]), [*map(str, range(3))], *[], sep="|")
d = {"sep": "-"}
print(1, 2, **d)


def gen():
    yield from range(3)


print([*gen()], (*gen(), *gen()), [x for x in (*gen(), 10)])
t = 1, *(2, 3)
print(t, {1: "a", **{2: "b"}, 3: "c"})


def ret():
    return 1, *[2, 3]


print(ret())
