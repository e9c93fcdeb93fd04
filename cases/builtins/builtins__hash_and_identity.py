print(hash(1) == hash(1.0) == hash(True) == hash(1 + 0j), hash(0), hash(-1), hash(-2), hash(2**61 - 1), hash(0.5) == hash(1 / 2))
from decimal import Decimal
from fractions import Fraction

print(hash(Decimal("0.5")) == hash(0.5) == hash(Fraction(1, 2)), hash("a") == hash("a"), hash(()) == hash(()))
print(hash(float("inf")), hash(float("-inf")), hash(3.0e300) == hash(int(3.0e300)))


class Eq:
    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        return self.v == other.v


class EqHash(Eq):
    def __hash__(self):
        return hash(self.v)


class BadHash:
    def __hash__(self):
        return "x"


print(len({EqHash(1), EqHash(1), EqHash(2)}), Eq(1) == Eq(1), Eq(1) != Eq(2), Eq.__hash__)
for bad in ["hash([])", "hash({})", "hash(set())", "{[]: 1}", "{{}}", "hash(Eq(1))", "hash(BadHash())", "hash((1, []))", "{1: 2}[[]]", "hash(slice([]))", "set([[]])", "dict.fromkeys([[]])", "[] in {1}", "hash(bytearray())", "hash(memoryview(bytearray(1)))"]:
    try:
        print(eval(bad))
    except (TypeError, ValueError) as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(hash(memoryview(b"ab")) == hash(b"ab"), hash(frozenset([1, 2])) == hash(frozenset([2, 1])))


class Big:
    def __hash__(self):
        return 2**100


print(hash(Big()) == hash(2**100), isinstance(hash(Big()), int))
nan = float("nan")
print(nan in [nan], nan == nan, {nan: 1}[nan], [nan] == [nan], (nan,) < (nan,))
