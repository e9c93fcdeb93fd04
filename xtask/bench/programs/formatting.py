"""Making text: f-strings, `format`, `%`, `join`, `replace`, `split`."""

SMALL, LARGE = 1_000, 20_000


def run(n):
    lines = []
    for i in range(n):
        lines.append(f"{i:>8}|{i / 7:.3f}|{i:x}|{'even' if i % 2 == 0 else 'odd':<6}|{i!r}")
        lines.append("{:08d} {name:^12}".format(i, name="n" + str(i % 100)))
        lines.append("%5d %s %-8s" % (i, "abc", i * 2))
    text = "\n".join(lines)
    words = text.replace("|", " ").upper().split()
    return len(text), len(words), words[-1]
