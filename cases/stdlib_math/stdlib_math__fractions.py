from fractions import Fraction as F
from decimal import Decimal

print(F(3, 6), F("1/3"), F("0.125"), F("1e-3"), F(0.5), F(Decimal("1.1")), F(-4, -6), F(" 3 / 4 ".replace(" ", "")), F(7), repr(F(1, 2)), F.from_float(0.1), F(1.1).limit_denominator(100), F("3.1415926535").limit_denominator(1000))
print(F(1, 2) + F(1, 3), F(1, 2) - 1, F(1, 2) * 0.5, F(1, 2) / F(3, 4), F(7, 2) // 1, F(-7, 2) % 2, divmod(F(7, 2), F(2, 3)), F(2, 3) ** 2, F(2, 3) ** -2, F(4, 9) ** F(1, 2), 2 ** F(1, 2), -F(1, 2), abs(F(-1, 2)))
print(F(1, 2) == 0.5, F(1, 3) < 0.34, F(1, 2) == Decimal("0.5"), hash(F(1, 2)) == hash(0.5), F(5, 2) > 2, F(1, 3) == 1 / 3, sorted([F(1, 2), F(1, 3), 0.4]), bool(F(0)), F(3, 2).as_integer_ratio(), F(4, 2).is_integer())
print(round(F(5, 2)), round(F(7, 3), 2), int(F(-7, 2)), float(F(1, 3)), F(7, 2).__floor__(), F(7, 2).__ceil__(), F(7, 2).__trunc__(), complex(F(1, 2)), str(F(3)), F(22, 7).numerator, F(22, 7).denominator)
print(f"{F(1, 3):.4f} {F(1234567, 2):,.2f} {F(1, 3):e} {F(3, 4):_>10} {F(1, 7):.3g} {F(2, 3):%}" if True else "")
print(sum([F(1, n) for n in range(1, 11)]), sum(F(1, 2**k) for k in range(1, 20)), max(F(1, 2), F(2, 3)), F(10**30, 10**29 + 1) > 9, F.from_number(0.25))
for bad in ["F(1, 0)", "F('1/0')", "F('x')", "F(1, 2.0)", "F(float('nan'))", "F(float('inf'))", "F(1, 2) / 0", "F(1, 2) % 0", "F(0) ** -1", "F(1, 2) + 'a'", "F([])", "F('1 /2')", "F(1, 2).limit_denominator(0)", "F(1, 2) < 1j", "F(1,2).numerator.__class__(None)", "format(F(1, 3), 'd')", "F('1/2', 3)"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
