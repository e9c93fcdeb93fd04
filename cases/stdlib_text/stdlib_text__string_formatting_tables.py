rows = [("apple", 3, 1.5, True), ("kiwi", 120, 0.25, False), ("dragonfruit", 1, 12.999, None)]
head = ("name", "qty", "price", "ok")
widths = [max(len(str(r[i])) for r in [head, *rows]) for i in range(4)]
line = "+".join("-" * (w + 2) for w in widths)
print(line)
print("|".join(f" {h:^{w}} " for h, w in zip(head, widths)))
print(line)
for n, q, p, o in rows:
    print(f" {n:<{widths[0]}} | {q:>{widths[1]}} | {p:>{widths[2]}.2f} | {o!s:^{widths[3]}} ")
print("{:>10}|{:<10}|{:^10}|{:=+10}|{:010.3f}".format("r", "l", "c", 5, -3.14159))
print("{0}{1}{0} {x} {y[0]} {z.real} {w!r:.3}".format("a", "b", x=1, y=[2], z=3j, w="long string"))
print("%5s|%-5s|%05d|%.2f|%5.1f|%x|%o|%e|%r|%c|%%" % ("a", "b", 42, 3.14159, 2.25, 255, 8, 12345.678, "q", "z"))
from string import Template

print(Template("$a ${b}c $$").substitute(a=1, b=2), "a{}b{}c".format(*[1, 2]), "{a}{b}".format(**{"a": 1, "b": 2}), "{:{fill}{align}{width}}".format("x", fill="*", align="^", width=7))
amount = 1234567.891
print(f"{amount:,.2f} {amount:_.0f} {amount:.2e} {amount:>15,.1f} {int(amount):,} {amount/1e6:.1f}M {0.1234:.1%} {1e-9:g} {255:#x} {255:08b} {-5:+d} {5: d}")
for n in (0, 1, 999, 1024, 1536, 1048576, 5 * 10**9):
    size = float(n)
    for unit in "B KB MB GB TB".split():
        if size < 1024 or unit == "TB":
            print(f"{size:.1f} {unit}", end="; ")
            break
        size /= 1024
print()
for s in (0, 59, 61, 3600, 86399, 100000):
    m, sec = divmod(s, 60)
    h, m = divmod(m, 60)
    print(f"{h:02d}:{m:02d}:{sec:02d}", end=" ")
print()
print("\n".join(f"{i:>2} {'#' * v}" for i, v in enumerate([3, 0, 7, 1])), f"{'centered':*^20}", f"{'tab':\t^7}".encode(), sep="\n")
