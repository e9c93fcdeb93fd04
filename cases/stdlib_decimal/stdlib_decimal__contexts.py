from decimal import *

print(getcontext().prec, getcontext().rounding, getcontext().Emax, getcontext().Emin, getcontext().capitals, getcontext().clamp)
with localcontext() as ctx:
    ctx.prec = 5
    print(Decimal(1) / 7, Decimal("123456789") + 0, Decimal("123456789"))
with localcontext(prec=3, rounding=ROUND_UP):
    print(Decimal("1.001") + 0, Decimal("-1.001") + 0)
print(Decimal(1) / 7)
for mode in [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]:
    print(mode, [str(Decimal(v).quantize(Decimal(1), mode)) for v in ("2.5", "-2.5", "1.1", "-1.1", "5.01", "3.5")])
c = Context(prec=4, traps=[])
print(c.divide(1, 0), c.divide(0, 0), c.sqrt(-1), c.create_decimal("1.23456"), c.flags[DivisionByZero], c.flags[InvalidOperation], c.flags[Inexact])
c.clear_flags()
print(c.flags[DivisionByZero], c.power(2, 10), c.add(1, "2") if False else c.add(1, 2), c.to_sci_string(Decimal("1e5")))
t = Context(prec=5, traps=[Inexact])
try:
    t.divide(1, 3)
except Inexact as error:
    print("Inexact", error)
with localcontext(Context(Emax=10, Emin=-10, prec=3)) as ctx:
    try:
        Decimal("1e10") * 100
    except Overflow as error:
        print("Overflow", error)
    print(Decimal("1e-10") / 1000, ctx.flags[Subnormal], ctx.flags[Underflow])
print(BasicContext.prec, ExtendedContext.prec, DefaultContext.prec, sorted(e.__name__ for e in DecimalException.__subclasses__()))
for bad in ["Context(prec=0)", "Context(rounding='x')", "Context(Emax=-1)", "setcontext(5)", "Context(traps=[int])", "localcontext(x=1)", "setattr(getcontext(), 'prec', 'a')"]:
    try:
        eval(bad)
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(Context(prec=3), repr(c)[:20])
