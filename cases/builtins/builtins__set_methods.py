s = {3, 1, 2}
t = frozenset([2, 3, 4])
print(sorted(s | t), sorted(s & t), sorted(s - t), sorted(s ^ t), type(s | t), type(t | s))
print(s <= {1, 2, 3, 4}, s < s, s >= {1}, s.isdisjoint({9}), s.issubset(range(5)), s.issuperset([1]), {1} == frozenset([1]))
s.add(5)
s.discard(99)
s.update([6, 7], (8,))
s.remove(1)
s.intersection_update(range(2, 8))
s.difference_update([2])
s.symmetric_difference_update({3, 100})
print(sorted(s), len(s))
s |= {0}
s &= set(range(50))
s -= {0}
s ^= {1}
print(sorted(s), 5 in s, "x" in s)
print(set("hello") == set("ohell"), set(), frozenset(), {1}, frozenset({1}), sorted({frozenset([1]), frozenset([1]), frozenset()}, key=len))
for bad in ["s.remove('q')", "set().pop()", "set(5)", "{1} | [1]", "{1}.union(5)", "{1} < [1]", "s[0]", "t.add(1)", "set(1, 2)", "{1} + {2}", "{1}.update(None)", "frozenset([[]])"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print({1, 1.0, True}, {0, False}, sorted({1, 2}.union([3], "a"), key=str), {1, 2}.intersection([2], {2, 3}))


class S(set):
    pass


print(type(S([1]) | {2}), S([1]), repr(S()), S([1]) == {1}, {frozenset([1]): "k"}[frozenset([1])], {1} in [{1}], {1} in {frozenset([1])})
