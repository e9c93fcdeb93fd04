from functools import total_ordering


@total_ordering
class Money:
    rates = {"EUR": 100, "USD": 90, "JPY": 1}
    __slots__ = ("cents", "currency")

    def __init__(self, amount, currency="EUR"):
        if currency not in self.rates:
            raise ValueError(f"unknown currency {currency!r}")
        object.__setattr__(self, "cents", round(amount * 100))
        object.__setattr__(self, "currency", currency)

    def __setattr__(self, *a):
        raise AttributeError("Money is immutable")

    def _value(self):
        return self.cents * self.rates[self.currency]

    def __eq__(self, o):
        return self._value() == o._value() if isinstance(o, Money) else NotImplemented

    def __lt__(self, o):
        return self._value() < o._value() if isinstance(o, Money) else NotImplemented

    def __hash__(self):
        return hash(self._value())

    def __add__(self, o):
        if not isinstance(o, Money):
            return NotImplemented
        if o.currency != self.currency:
            raise TypeError(f"cannot add {o.currency} to {self.currency}")
        return Money((self.cents + o.cents) / 100, self.currency)

    def __radd__(self, o):
        return self if o == 0 else NotImplemented

    def __mul__(self, n):
        return Money(self.cents * n / 100, self.currency)

    def __repr__(self):
        return f"{self.cents / 100:.2f} {self.currency}"

    def __format__(self, spec):
        return f"{self.cents / 100:{spec or '.2f'}} {self.currency}"

    def __bool__(self):
        return self.cents != 0


a, b = Money(10.5), Money(2, "USD")
print(a, a + Money(1), sum([a, a]), a * 3, a > b, max(a, b), sorted([a, b, Money(1)]), f"{a:8.1f}|{a}", bool(Money(0)), len({Money(9), Money(10, "USD")}))
for bad in [lambda: a + b, lambda: a + 1, lambda: Money(1, "XXX"), lambda: setattr(a, "cents", 1), lambda: a < 5, lambda: a.__dict__]:
    try:
        bad()
    except (TypeError, ValueError, AttributeError) as error:
        print(type(error).__name__, error)


class Bounded:
    def __init__(self, lo, hi):
        self.lo, self.hi = lo, hi

    def __set_name__(self, owner, name):
        self.slot = "_" + name
        self.name = name

    def __get__(self, obj, owner):
        return self if obj is None else getattr(obj, self.slot)

    def __set__(self, obj, v):
        if not self.lo <= v <= self.hi:
            raise ValueError(f"{self.name}={v} is outside {self.lo}..{self.hi}")
        setattr(obj, self.slot, v)


class Person:
    age = Bounded(0, 150)
    level = Bounded(1, 10)

    def __init__(self, age, level=1):
        self.age, self.level = age, level


print(vars(Person(30)))
for args in ((200,), (5, 11), (-1,)):
    try:
        Person(*args)
    except ValueError as error:
        print(error)
