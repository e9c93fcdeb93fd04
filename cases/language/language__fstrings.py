name, n, x = "Ann", 42, 3.14159
print(f"{name!r:>8}|{name:<6}|{name:^7}|{name:*^9}|")
print(f"{n:05d} {n:x} {n:#o} {n:b} {n:,} {n:+} {n:e} {n:%} {n!s:>4}")
print(f"{x:.2f} {x:10.3e} {x:g} {x:08.2f} {-x:+.1f} {10**9:_} {1234567.891:,.1f}")
print(f"{n = } {n=:>5} {name = !s} {x=:.1f} {n+1=}")
width, precision = 10, 3
print(f"{x:{width}.{precision}f}|{name:>{width}}|{'nested ' + f'{n}'}")
print(f"{{}} {{{n}}} {'quote "inside"'} {"same " "quotes"}")
print(f"{(lambda v: v * 2)(n)} {[i for i in range(3)]} { {'a': 1}['a'] }")
print(f"""multi
{n
 + 1}
line""")
print(rf"\d{n}\n", f"\N{GREEK SMALL LETTER ALPHA}\t|")


class Custom:
    def __format__(self, spec):
        return f"<{spec}>"

    def __repr__(self):
        return "Custom()"


print(f"{Custom()} {Custom():abc} {Custom()!r:>10} {Custom()!a}")
for bad in ["f'{}'", "f'{a!x}'", "f'{a'", "f'}'", "f'{a b}'", "f'{lambda x: 1}'", "f'{!r}'"]:
    try:
        compile(bad, "<demo>", "eval")
    except SyntaxError as error:
        print(bad, "->", error.msg)
for value, spec in [("a", "d"), (1, "s"), (1.5, "d"), ("a", ".2f"), ([], ">5"), (1, ",_"), (1, "zz")]:
    try:
        print(format(value, spec))
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
