from decimal import *

getcontext().prec = 28
D = Decimal
print(D("0.1") + D("0.2"), D(1) / 3, D("1.10") + 1, D("1e3"), D("1E-10"), D(0.1), D("-0"), D("Infinity"), D("NaN"), D((1, (1, 2, 3), -2)), D("1_000.5"))
print(D(7) // 2, D(-7) // 2, D(-7) % 3, divmod(D(7), D("2.5")), D(2) ** 100, D(2) ** D("0.5"), abs(D(-1)), +D("1.23"), -D("0"), D(10).sqrt(), D(1).exp(), D(10).ln(), D(1000).log10())
print(D("2.675").quantize(D("0.01")), D("2.5").quantize(D(1), ROUND_HALF_UP), D("2.5").to_integral_value(), round(D("2.5")), round(D("2.675"), 2), int(D("-2.9")), D("1.2300").normalize(), D("123e5").to_eng_string(), D("1.5").as_integer_ratio())
print(D("1.1") == 1.1, D("1.5") == 1.5, D(1) < 2.5, D("NaN") == D("NaN"), D(1).compare(D(2)), D("1.0").compare_total(D("1.00")), max(D(1), D(2)), sorted([D("3"), D("1.5")]), hash(D("1.0")) == hash(1))
print(D("123.456").as_tuple(), D("123.456").adjusted(), D("12").scaleb(3), D("5").is_finite(), D("sNaN").is_snan(), D("1.20").same_quantum(D("3.40")), D(12).copy_sign(D(-1)), D("123").shift(1), D("123").rotate(1), D(1).next_plus(), D(6).logical_and(1) if False else D(110).logical_and(D(101)))
print(f"{D('1234567.891'):,.2f} {D('0.000001')} {D('1e-7')} {D('5'):.3f} {D('1e6'):g} {D('0.25'):.0%} {D('1.5')!r:>15}")
for bad in ["D('abc')", "D(1) / 0", "D(0) / 0", "D(1) + 1.5", "D('Infinity') - D('Infinity')", "D(-1).sqrt()", "int(D('NaN'))", "int(D('Infinity'))", "D('sNaN') + 1", "D(1) < D('NaN')", "D(10) ** 10**20", "D('1e999999') * D('1e999999')", "D([])", "D('1').quantize(D('1e-50'))", "D((2, (1,), 0))", "hash(D('sNaN'))", "D(1) % 0", "D(0) ** 0", "Decimal(None)", "D('1').quantize(1, rounding='x')"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
