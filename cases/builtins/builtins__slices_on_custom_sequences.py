class Poly:
    def __init__(self, *c):
        self.c = list(c)

    def __getitem__(self, i):
        if isinstance(i, slice):
            return Poly(*self.c[i])
        if isinstance(i, tuple):
            return [self[k] for k in i]
        return self.c[i]

    def __setitem__(self, i, v):
        self.c[i] = v

    def __delitem__(self, i):
        del self.c[i]

    def __len__(self):
        return len(self.c)

    def __repr__(self):
        return f"Poly{tuple(self.c)}"

    def __call__(self, x):
        total = 0
        for c in reversed(self.c):
            total = total * x + c
        return total


p = Poly(1, 2, 3, 4)
print(p[1], p[-1], p[1:3], p[::-1], p[0, 2], p[...] if False else p[:], p(2), list(p), 3 in p, list(reversed(p)))
p[1:3] = [9]
del p[0]
print(p, len(p))
for s in (slice(None), slice(5), slice(1, None, 2), slice(-3, -1), slice(None, None, -2), slice(10, 0, -3), slice(0, 0)):
    print(s, s.indices(6), list(range(6))[s], "abcdef"[s], list(range(*s.indices(6))) == list(range(6))[s])
for bad in [slice(0, 5, 0), slice("a"), slice(1.5)]:
    try:
        [1, 2][bad]
    except (ValueError, TypeError) as error:
        print(bad, type(error).__name__, error)
print(sorted([slice(1, 2), slice(0, 5)]), slice(1, 2) == slice(1, 2, None), {slice(1): "k"}[slice(1)])
