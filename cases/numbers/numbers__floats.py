import math
import sys

print(0.1 + 0.2, 1e100, 1e-7, 1.0, 100000.0, 1e16, 123456789012345680.0, 5e-324, 1.7976931348623157e308, -0.0, 1 / 3, 2 / 3, 1e22, 1e23)
print(float.hex(0.1), float.fromhex("0x1.8p3"), (0.1).as_integer_ratio(), (2.0).is_integer(), (-0.0).hex(), float.fromhex("inf"), float.from_number(3))
inf, nan = float("inf"), float("nan")
print(inf - inf, inf * 0, nan == nan, nan != nan, nan < 1, inf > 1e308, -inf < inf, max(nan, 1), max(1, nan), min(inf, 1), inf // 1, 5 % inf, -5 % inf, sorted([3, inf, -inf]))
print(7.5 // 2, -7.5 // 2, 7.5 % -2, -7.5 % 2, divmod(7.5, -2), 2.0**0.5, (-8) ** (1 / 3), 0.0**0, 2.0**-1074, 1e308 * 10, -1e308 * 10)
print(round(0.5), round(1.5), round(2.675, 2), round(1e300, 5), round(-0.4), round(123.456, -1), round(0.1 + 0.2, 15), math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.9))
print(math.sqrt(2), math.exp(1), math.log(10), math.log2(8), math.log10(1000), math.log(8, 2), math.log1p(1e-10), math.expm1(1e-10), math.pow(2, 0.5), math.cbrt(27), math.exp2(10))
print(round(math.sin(1), 12), round(math.cos(1), 12), round(math.tan(1), 12), round(math.atan2(-1, -1), 12), round(math.asin(0.5), 12), round(math.sinh(1), 12), round(math.acosh(2), 12), math.degrees(math.pi), math.hypot(3, 4), math.dist((0, 0), (1, 1)))
print(math.fsum([0.1] * 10), sum([0.1] * 10), math.prod([1.5, 2]), math.frexp(10), math.ldexp(0.5, 4), math.modf(-3.25), math.fmod(-7, 3), math.remainder(7, 4), math.copysign(1, -0.0), math.nextafter(1, 2), math.ulp(1), math.fma(2, 3, 4), math.sumprod([1, 2], [3, 4]))
print(math.isclose(0.1 + 0.2, 0.3), math.isclose(0, 1e-10), math.isclose(0, 1e-10, abs_tol=1e-9), math.isnan(nan), math.isinf(-inf), math.isfinite(1), round(math.gamma(5), 9), round(math.lgamma(10), 9), round(math.erf(1), 12), math.erfc(0))
for bad in ["1.0 / 0", "1.0 % 0", "1.0 // 0", "0.0 ** -1", "2.0 ** 10000", "math.sqrt(-1)", "math.log(0)", "math.log(-1)", "math.exp(1000)", "math.acos(2)", "math.fmod(1, 0)", "math.pow(0, -1)", "math.gamma(-1)", "int(nan)", "round(inf)", "round(nan)", "math.floor(inf)", "float.fromhex('zz')", "float.fromhex('0x1p9999')", "math.ldexp(1, 99999)", "math.dist((1,), (1, 2))", "math.isclose(1, 2, rel_tol=-1)", "inf.as_integer_ratio()", "nan.as_integer_ratio()", "math.sqrt('a')", "math.fsum([1e308, 1e308])", "math.cosh(1000)", "float('1e')"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(sys.float_info.max, sys.float_info.epsilon, sys.float_info.dig, sys.float_info.mant_dig, sys.float_repr_style, float("1" * 400 + "e-400"), float(".5"), float("1_000.5"))
