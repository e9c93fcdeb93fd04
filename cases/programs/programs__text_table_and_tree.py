def table(rows, align=None):
    cols = list(zip(*rows))
    widths = [max(len(str(c)) for c in col) for col in cols]
    align = align or ["<"] * len(cols)
    lines = ["+" + "+".join("-" * (w + 2) for w in widths) + "+"]
    for i, r in enumerate(rows):
        lines.append("|" + "|".join(f" {str(c):{a}{w}} " for c, a, w in zip(r, align, widths)) + "|")
        if i == 0:
            lines.append(lines[0])
    return "\n".join([*lines, lines[0]])


print(table([("name", "n"), ("ann", 5), ("robert", 12345)], ["<", ">"]))


def tree(d, prefix=""):
    for i, (k, v) in enumerate(d.items()):
        last = i == len(d) - 1
        print(prefix + ("└── " if last else "├── ") + k)
        if isinstance(v, dict):
            tree(v, prefix + ("    " if last else "│   "))


tree({"src": {"a.py": 1, "lib": {"b.py": 1}}, "docs": {}, "README": 1})


def histogram(data, width=20):
    top = max(data.values())
    for k, v in data.items():
        print(f"{k:>5} {'█' * round(v / top * width)}{v:>4}")


histogram({"a": 3, "b": 10, "c": 0, "d": 7})


def box(text):
    lines = text.splitlines()
    w = max(map(len, lines))
    return "\n".join(["╔" + "═" * w + "╗", *(f"║{l:^{w}}║" for l in lines), "╚" + "═" * w + "╝"])


print(box("short\na longer line\n"))
for i in range(1, 6):
    print(" " * (5 - i) + "*" * (2 * i - 1))
print("\n".join(" ".join(f"{i * j:3}" for j in range(1, 6)) for i in range(1, 6)))


def wave(n):
    return "".join("▁▂▃▄▅▆▇█"[round((1 + __import__("math").sin(i / 3)) * 3.5)] for i in range(n))


print(wave(30), "progress [" + "=" * 7 + ">" + " " * 2 + "]", f"{'left':<10}{'mid':^10}{'right':>10}|")
