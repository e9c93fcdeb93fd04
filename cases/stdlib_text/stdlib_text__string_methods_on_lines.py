text = """\
id,name,amount
1,Ann,10.50
2,Bob,-3.25
3,"Cy, Jr",7
"""
rows = [line.split(",") for line in text.splitlines()[1:] if line.count(",") == 2]
print(rows, sum(float(r[2]) for r in rows))
width = max(len(r[1]) for r in rows)
for r in rows:
    print(f"{r[0]:>3} | {r[1]:<{width}} | {float(r[2]):>8.2f}")
print("\n".join(" ".join(w.capitalize() for w in s.split()) for s in ["hello world", "MIXED case"]))
print(text.partition("\n")[0], text.rstrip().rpartition("\n")[2], sum(c.isdigit() for c in text), {c for c in text if c.isupper()} == {"A", "B", "C", "J"})
words = "the quick brown the lazy dog the end".split()
index = {}
for i, w in enumerate(words):
    index.setdefault(w, []).append(i)
print(index, sorted(index, key=lambda w: (-len(index[w]), w))[:3])


def caesar(s, k):
    return "".join(chr((ord(c) - b + k) % 26 + b) if c.isalpha() and (b := 65 if c.isupper() else 97) else c for c in s)


print(caesar("Hello, World!", 3), caesar(caesar("Hello", 3), -3))
print("racecar" == "racecar"[::-1], sorted("listen") == sorted("silent"), "".join(dict.fromkeys("mississippi")))


def rle(s):
    out, i = [], 0
    while i < len(s):
        j = i
        while j < len(s) and s[j] == s[i]:
            j += 1
        out.append(f"{s[i]}{j - i}")
        i = j
    return "".join(out)


print(rle("aaabccd"), "%-10s|%5.1f%%" % ("done", 99.5), "a-b_c d".translate(str.maketrans("-_", "  ")).split())
