"""`re` on one long text with alternatives, as in searching for genes."""

import re

SMALL, LARGE = 2_000, 200_000

VARIANTS = ("agggtaaa|tttaccct", "[cgt]gggtaaa|tttaccc[acg]", "a[act]ggtaaa|tttacc[agt]t", "aggg[acg]aaa|ttt[cgt]ccct")
CODES = (("tHa[Nt]", "<4>"), ("aND|caN|Ha[DS]|WaS", "<3>"), ("a[NSt]|BY", "<2>"), (r"\|[^|][^|]*\|", "|"))


def run(n):
    seed = 7
    letters = []
    for _ in range(n):
        seed = (seed * 3877 + 29573) % 139968
        letters.append("acgt"[seed * 4 // 139968])
    text = "".join(letters)
    counts = [len(re.findall(variant, text)) for variant in VARIANTS]
    for code, short in CODES:
        text = re.sub(code, short, text)
    return counts, len(text)
