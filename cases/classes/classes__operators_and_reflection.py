class V:
    def __init__(self, *v):
        self.v = v

    def __repr__(self):
        return f"V{self.v}"

    def __add__(self, o):
        return V(*(a + b for a, b in zip(self.v, o.v))) if isinstance(o, V) else NotImplemented

    def __radd__(self, o):
        return self if o == 0 else NotImplemented

    def __mul__(self, k):
        return V(*(a * k for a in self.v))

    __rmul__ = __mul__

    def __matmul__(self, o):
        return sum(a * b for a, b in zip(self.v, o.v))

    def __neg__(self):
        return self * -1

    def __invert__(self):
        return "inverted"

    def __iadd__(self, o):
        print("in place")
        self.v = (self + o).v
        return self

    def __pow__(self, n, mod=None):
        return ("pow", n, mod)

    def __divmod__(self, o):
        return "dm"

    def __getitem__(self, i):
        return self.v[i]

    def __lshift__(self, o):
        return "<<"

    def __rsub__(self, o):
        return ("rsub", o)

    def __eq__(self, o):
        return self.v == o.v if isinstance(o, V) else NotImplemented

    def __bool__(self):
        return any(self.v)


a, b = V(1, 2), V(3, 4)
print(a + b, a * 2, 2 * a, a @ b, -a, ~a, sum([a, b]), pow(a, 2, 5), a**3, divmod(a, 1), a << 1, 9 - a, a == V(1, 2), a == 5, a != b, bool(V(0)), *a)
a += b
print(a)
for bad in ["a + 1", "1 + a", "a - 1", "a / 2", "a < b", "abs(a)", "a >> 1", "a @ 5", "a % 2", "+a", "a & 1", "float(a)", "a(1)", "len(a)"]:
    try:
        print(eval(bad))
    except (TypeError, AttributeError) as error:
        print(f"{bad} -> {error}")


class Left:
    def __add__(self, o):
        return "left"

    def __sub__(self, o):
        return NotImplemented


class Right(Left):
    def __radd__(self, o):
        return "right wins: subclass"

    def __rsub__(self, o):
        return "rsub"


print(Left() + Right(), Left() - Right(), Right() + Left())
