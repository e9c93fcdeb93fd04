import numbers
from decimal import Decimal
from fractions import Fraction

for value in [True, 1, 1.0, 1j, Fraction(1, 2), Decimal(1)]:
    print(repr(value), [n for n in ("Number", "Complex", "Real", "Rational", "Integral") if isinstance(value, getattr(numbers, n))])
print(True & False, True | 2, True ^ True, True == 1, ~5, True + 1.5, "ab"[True], [10, 20][False], {True: "t"}[1])
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(eval("~True"))
print([str(w.message)[:60] for w in caught], [w.category.__name__ for w in caught])


class Money(numbers.Rational):
    def __init__(self, v):
        self.v = Fraction(v)

    numerator = property(lambda self: self.v.numerator)
    denominator = property(lambda self: self.v.denominator)
    __add__ = __radd__ = lambda self, o: Money(self.v + Fraction(o))
    __mul__ = __rmul__ = lambda self, o: Money(self.v * Fraction(o))
    __truediv__ = lambda self, o: Money(self.v / Fraction(o))
    __rtruediv__ = lambda self, o: Money(Fraction(o) / self.v)
    __pow__ = __rpow__ = lambda self, o: NotImplemented
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = lambda self, o: NotImplemented
    __neg__ = lambda self: Money(-self.v)
    __pos__ = __abs__ = lambda self: self
    __trunc__ = __floor__ = __ceil__ = lambda self: int(self.v)
    __round__ = lambda self, n=None: round(self.v, n)
    __eq__ = lambda self, o: self.v == o
    __lt__ = lambda self, o: self.v < o
    __le__ = lambda self, o: self.v <= o
    __hash__ = lambda self: hash(self.v)
    __repr__ = lambda self: f"Money({self.v})"


m = Money("7/2")
print(m + 1, 2 * m, 1 / m, float(m), m - 1, complex(m), bool(m), m.real, m.imag, m < 4, Fraction(m), sum([m, m]))
try:
    numbers.Real()
except TypeError as error:
    print(str(error)[:60])
try:
    m % 2
except TypeError as error:
    print(error)
