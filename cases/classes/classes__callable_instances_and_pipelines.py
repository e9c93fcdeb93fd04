class Pipeline:
    def __init__(self, *steps):
        self.steps = steps

    def __or__(self, step):
        return Pipeline(*self.steps, step)

    def __ror__(self, value):
        return self(value)

    def __call__(self, value):
        for s in self.steps:
            value = s(value)
        return value

    def __len__(self):
        return len(self.steps)

    def __rshift__(self, other):
        return Pipeline(*self.steps, *other.steps)

    def __getitem__(self, i):
        return Pipeline(*self.steps[i]) if isinstance(i, slice) else self.steps[i]


p = Pipeline() | str.strip | str.split | len
print(p(" a b c "), " x y " | p, len(p), p[:2](" q r "), p[0](" z "), (Pipeline(abs) >> Pipeline(str, list))(-12))


class Expr:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _bin(op, swap=False):
        def f(self, o):
            a, b = (o, self) if swap else (self, o)
            return Expr(f"({a!r} {op} {b!r})")

        return f

    __add__, __radd__ = _bin("+"), _bin("+", True)
    __mul__, __rmul__ = _bin("*"), _bin("*", True)
    __eq__, __lt__, __gt__ = _bin("=="), _bin("<"), _bin(">")
    __and__, __invert__ = _bin("&"), lambda self: Expr(f"~{self!r}")
    __hash__ = None

    def __getattr__(self, n):
        return Expr(f"{self!r}.{n}")

    def __call__(self, *a):
        return Expr(f"{self!r}({', '.join(map(repr, a))})")

    def __getitem__(self, k):
        return Expr(f"{self!r}[{k!r}]")


x = Expr("x")
print(x + 1, 2 * x + 3, (x == 1) & (x < 5), ~x.name.lower(), x[0]["k"](1, "a"), 5 > x, x.f(x) * x)


class Query:
    def __init__(self, rows, filters=()):
        self.rows, self.filters = rows, filters

    def where(self, **k):
        return Query(self.rows, (*self.filters, lambda r: all(r.get(a) == b for a, b in k.items())))

    def order(self, key):
        return Query(sorted(self.rows, key=lambda r: r[key]), self.filters)

    def __iter__(self):
        return (r for r in self.rows if all(f(r) for f in self.filters))


rows = [{"n": 3, "t": "a"}, {"n": 1, "t": "b"}, {"n": 2, "t": "a"}]
print(list(Query(rows).where(t="a").order("n")), [r["n"] for r in Query(rows).order("n")], list(Query(rows).where(t="z")))
