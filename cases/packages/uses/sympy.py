# wheels: sympy mpmath
from sympy import Eq, I, Matrix, Rational, Symbol, cos, diff, expand, factor, factorint, integrate, limit, oo, pi, series, simplify, sin, solve, sqrt, symbols

x, y = symbols("x y")
print(expand((x + y) ** 4), "|", factor(x**4 - 1))
print(diff(sin(x) * x**2, x), "|", integrate(cos(x) ** 2, (x, 0, pi)), "|", limit(sin(x) / x, x, 0))
print(solve(Eq(x**2 + x + 1, 0), x), solve([x + y - 3, x - y - 1], [x, y]))
print(series(cos(x), x, 0, 6), "|", simplify(sin(x) ** 2 + cos(x) ** 2))
print(Matrix([[1, 2], [3, 4]]).inv(), Matrix([[2, 0], [0, 3]]).eigenvals(), Rational(1, 3) + Rational(1, 6))
print(factorint(2**64 - 1), sqrt(8), pi.evalf(30), (1 + I) ** 3, Symbol("n", positive=True).is_positive)
print(integrate(1 / (1 + x**2), (x, -oo, oo)))
