import cmath

z = 3 + 4j
print(z, abs(z), z.conjugate(), z.real, z.imag, -z, z * 1j, z / (1 + 1j), z**2, z**0.5, z == 3 + 4j, z != 5, complex("1-2j"), complex("j"), complex(" ( 1+2j ) "), bool(0j))
print(1j * 1j, (1 + 0j) == 1, complex(1.5), complex("nan+infj"), complex(-0.0, -0.0), 1e100j, -0j, complex(0, float("inf")), repr(1 - 0j), hash(1 + 0j) == hash(1), complex.from_number(2))
print(cmath.sqrt(-1), cmath.phase(-1), cmath.polar(1j), cmath.isclose(cmath.exp(1j * cmath.pi), -1), cmath.isnan(complex("nan")), cmath.isinf(complex("infj")), cmath.log(1), cmath.infj, cmath.rect(1, 0), cmath.isfinite(1j))
print((1 + 2j) + 1, 1 - 2j, 2 * (1 + 1j), (1 + 1j) ** 3, (2 + 0j) ** -1, 0j**0, z.__complex__(), complex(real=1, imag=2))
for bad in ["1j < 2j", "int(1j)", "float(1j)", "1j // 2", "1j % 2", "divmod(1j, 2)", "1j / 0", "0j ** -1", "complex('1 +2j')", "complex('a')", "complex('1', 2)", "complex(1, '2')", "complex([])", "cmath.log(0)", "sorted([1j, 2j])", "max(1j, 2)", "math.sqrt(1j)", "round(1j)", "format(1j, 'd')", "(1+1j) ** 10**400"]:
    try:
        import math

        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


class C:
    def __complex__(self):
        return 5j


class Bad:
    def __complex__(self):
        return 5


print(complex(C()), cmath.sqrt(C()) ** 2 == cmath.sqrt(5j) ** 2)
try:
    complex(Bad())
except TypeError as error:
    print(error)
print(f"{z:.2f} {z:>12} {z!r}", [abs(complex(3, 4)) for _ in range(2)], sum([1j, 2]), z in [3 + 4j], 1j.imag)
