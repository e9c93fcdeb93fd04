import math

for x in [0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1.005, 0.1 + 0.2, 1e16, 123456.789, -7.5, 0.05, 5e-324]:
    print(x, round(x), round(x, 1), round(x, 2), math.floor(x), math.ceil(x), math.trunc(x), int(x), f"{x:.0f}", f"{x:.1f}", f"{x:.3g}")
for n in [15, 25, 35, -15, 149, 150, 151, 10**20 + 5]:
    print(n, round(n, -1), round(n, -2), round(n, 5), n // 10, -n // 10, n % -7, divmod(n, -10))
print(round(1e308, -308), round(12.5, None), round(True), round(0.1, 25), round(1.5e300, 2), type(round(1.0)), type(round(1.0, 0)))
for a, b in [(7, 2), (-7, 2), (7, -2), (-7, -2), (7.5, 2), (-7.5, 2), (0.3, 0.1), (1, 0.1), (-1, 3), (5, math.inf), (-5, math.inf)]:
    print((a, b), a // b, a % b, divmod(a, b) == (a // b, a % b), math.fmod(a, b), math.remainder(a, b))
