print(2**200, -(2**200), (2**200) // 3**50, (2**200) % 1000007, (-(2**100)) >> 90, 2**100 >> 200, 1 << 70)
print((255).bit_length(), (255).bit_count(), (-5).bit_length(), (0).bit_length(), (10).to_bytes(2), (10).to_bytes(2, "little"), (-2).to_bytes(3, signed=True), int.from_bytes(b"\xff\xfe", signed=True), int.from_bytes([1, 2], "little"))
print((7).as_integer_ratio(), (7).is_integer(), (7).conjugate(), (7).numerator, (7).denominator, (7).real, (7).imag, True + True, True * 3, -True)
print(12345678901234567890 * 98765432109876543210, 3**100 % 7, pow(7, 10**18, 10**9 + 7), divmod(-(10**30), 7), 10**30 // -7, int(1e22), int(-1e15 + 0.5))
print(0xFF & ~0x0F, -1 & 0xFFFF, -8 >> 1, -1 >> 100, 5 ^ -3, ~0, 6 | -9, (1 << 64) - 1 & (1 << 32))
print(int("z", 36), int("-0b11", 2), int("0o17", 8), int("  42  "), [int(str(10**k)) == 10**k for k in (0, 17, 18, 19, 40)])
import math

print(math.factorial(30), math.comb(100, 50), math.perm(10, 3), math.gcd(12, 18, 27), math.lcm(4, 6, 10), math.isqrt(10**40 + 1), math.gcd(), math.gcd(0, -5))
print(10**18 == 1e18, 2**53 + 1 == float(2**53 + 1), 2**53 == float(2**53), 10**400 > 1e308, 1 < float("inf"), -(10**400) > float("-inf"), int(1e300) == 10**300)
for bad in ["10**400 * 1.0", "float(10**400)", "1 / 10**400 * 1e308", "(300).to_bytes(1)", "(-1).to_bytes(1)", "int.from_bytes(5)", "(1).to_bytes(-1)", "(5).to_bytes(2, 'middle')", "1 // 0", "1 % 0", "divmod(1, 0)", "0 ** -1", "math.factorial(-1)", "math.factorial(1.0)", "math.isqrt(-1)", "math.comb(-1, 2)", "1 << (2**70)", "10**400 / 3", "round(5, 1.5)", "1 << 1.0", "2 ** 'a'", "int.from_bytes(b'', 'x')"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(10**400 // 10**399, (10**400) / (10**399), round(12345, -2), round(15, -1), round(25, -1), round(-15, -1), 7 // -2, 7 % -2, -7 // 2)
