import difflib

a = "one two three four".split()
b = "one 2 three five six".split()
print(list(difflib.unified_diff(a, b, "a", "b", lineterm="", n=1)))
print(list(difflib.ndiff(["ab\n", "c\n"], ["aB\n", "c\n", "d\n"])))
print(list(difflib.context_diff(a, b, lineterm=""))[:8])
m = difflib.SequenceMatcher(None, "abcdef", "abxdefy")
print(m.get_opcodes(), m.ratio(), m.quick_ratio(), m.find_longest_match(), m.get_matching_blocks())
print(difflib.get_close_matches("appel", ["ape", "apple", "peach", "puppy"]), difflib.get_close_matches("x", ["a"]))
print("".join(difflib.restore(difflib.ndiff(["a\n", "b\n"], ["a\n", "c\n"]), 2)))
for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b).get_opcodes():
    print(f"{tag:8} {a[i1:i2]} -> {b[j1:j2]}")
print([list(g) for g in difflib.SequenceMatcher(None, "a" * 8 + "x", "a" * 8 + "y").get_grouped_opcodes(2)])
print(difflib.SequenceMatcher(lambda c: c == " ", "a b c", "abc").ratio(), difflib.IS_CHARACTER_JUNK("\t"))
try:
    difflib.get_close_matches("a", ["b"], n=0)
except ValueError as error:
    print(error)
