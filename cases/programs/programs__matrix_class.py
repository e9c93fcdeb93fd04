class Matrix:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]
        if len({len(r) for r in self.rows}) > 1:
            raise ValueError("rows differ in length")

    @classmethod
    def identity(cls, n):
        return cls([[int(i == j) for j in range(n)] for i in range(n)])

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0]) if self.rows else 0

    @property
    def T(self):
        return Matrix(zip(*self.rows))

    def __matmul__(self, o):
        if self.shape[1] != o.shape[0]:
            raise ValueError(f"cannot multiply {self.shape} by {o.shape}")
        return Matrix([[sum(a * b for a, b in zip(r, c)) for c in zip(*o.rows)] for r in self.rows])

    def __add__(self, o):
        return Matrix([[a + b for a, b in zip(r, s)] for r, s in zip(self.rows, o.rows)])

    def __rmul__(self, k):
        return Matrix([[k * a for a in r] for r in self.rows])

    def __pow__(self, n):
        m = Matrix.identity(len(self.rows))
        for _ in range(n):
            m = m @ self
        return m

    def __getitem__(self, key):
        match key:
            case int(i):
                return self.rows[i]
            case int(i), int(j):
                return self.rows[i][j]
            case slice() as a, slice() as b:
                return Matrix([r[b] for r in self.rows[a]])
        raise TypeError(f"bad index {key!r}")

    def __setitem__(self, key, v):
        i, j = key
        self.rows[i][j] = v

    def __eq__(self, o):
        return isinstance(o, Matrix) and self.rows == o.rows

    def __iter__(self):
        return (x for r in self.rows for x in r)

    def __contains__(self, x):
        return any(x in r for r in self.rows)

    def __str__(self):
        w = max(len(str(x)) for x in self)
        return "\n".join(" ".join(f"{x:>{w}}" for x in r) for r in self.rows)

    def __repr__(self):
        return f"Matrix({self.rows})"


m = Matrix([[1, 2], [3, 4]])
print(m, m.T, m @ m, m + m, 3 * m, m**5, sep="\n--\n")
m[0, 1] = 9
print(m[0], m[1, 1], m[:1, :], 9 in m, list(m), sum(m), m == Matrix([[1, 9], [3, 4]]), m.shape)
for bad in (lambda: Matrix([[1], [1, 2]]), lambda: m @ Matrix([[1, 2, 3]]), lambda: m["x"], lambda: m * 2, lambda: m[5], lambda: hash(m)):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)
