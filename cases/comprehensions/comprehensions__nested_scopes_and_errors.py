x = 5
print([x for x in range(3)], x, [[y * x for y in range(2)] for x in range(3)])


class C:
    a = 2
    b = [a for _ in range(2)] if False else [i for i in range(a)]
    c = {k: v for k, v in enumerate("ab")}
    d = lambda self: [self.a for _ in range(2)]


print(C.b, C.c, C().d())


def f():
    fs = [lambda: i for i in range(3)]
    gs = [(lambda j: lambda: j)(i) for i in range(3)]
    return [h() for h in fs], [h() for h in gs]


print(f())


def g():
    return [locals() for i in range(1)][0].keys() >= {"i"}, [k for k in (lambda: [k for k in "z"])()]


print(g())


def tricky():
    out = [out for out in range(3)]
    return out


print(tricky(), [i for i in range(5) if i % 2 == 0 if i > 0], [i if i else "zero" for i in range(2)], {i: {j for j in range(i)} for i in range(3)})
print([(i, j) for i in range(3) for j in range(3) if i < j], [a for b in [[1, 2], [3]] for a in b], [w[0] for w in ["ab", "cd"] if w], {**{i: i for i in range(2)}, **{2: 2}})
for source in ["[i for i in range(3) if i else 5]", "[for i in x]", "[i for]", "[i in x]", "{i: for i in x}", "[i, j for i in x for j in y]", "(i for i in x, y)", "[*i for i in x]", "{**d for d in x}", "[i for i in x = 5]", "[yield x for x in y]", "[(yield x) for x in y]", "[i async for i in x]"]:
    try:
        compile(source, "<demo>", "eval")
        print("ok", source)
    except SyntaxError as error:
        print(source, "->", error.msg)
print(len([0 for a in range(10) for b in range(10) for c in range(10)]), sum([[1, 2], [3]], []), [v for v in [n for n in range(4)] if v not in [m for m in range(2)]])
