from collections import Counter

c = Counter("mississippi")
print(c, c.most_common(2), c["z"], c["s"], c.total(), sorted(c.elements()), len(c), sum(c.values()), "z" in c)
c.update("ssx")
c.subtract({"i": 10})
print(c, +c, -c, c.most_common()[-1])
a, b = Counter(a=3, b=1), Counter(a=1, b=2, c=1)
print(a + b, a - b, a & b, a | b, a == Counter(b=1, a=3, z=0), a <= b, Counter(a=1) < a, a >= Counter(a=3))
a += b
a -= Counter(b=5)
a |= Counter(q=2)
a &= Counter(a=9, q=1)
print(a, dict(a), Counter([1, 1, 2]), Counter(), Counter(None), Counter({"x": -1}))
del a["nope"]
print(a.pop("a"), a.setdefault("n", 4), a.copy() == a, list(Counter("ba")), Counter(a=1, b=0), Counter(a=1) != Counter(a=1, b=0))
for bad in ["Counter(5)", "Counter.fromkeys('ab')", "Counter([[]])", "Counter('a') + {'a': 1}", "Counter(a='x').total()", "Counter(1, 2)", "Counter('a').update(5)", "Counter(a=1) < 5"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
words = "the cat the dog the end a cat".split()
print(Counter(words).most_common(3), Counter(map(len, words)), Counter(w[0] for w in words).most_common(1), Counter(a=1.5) + Counter(a=0.5))
print(eval(repr(c)) == c, Counter(zip("ab", "ab")), list(reversed(Counter("abc"))), Counter("aab") | {} if False else Counter("aab").items())
