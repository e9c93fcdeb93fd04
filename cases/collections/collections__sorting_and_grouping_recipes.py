from collections import Counter, OrderedDict, defaultdict
from itertools import groupby
from operator import attrgetter, itemgetter

people = [("ann", 30, "x"), ("bob", 25, "y"), ("cy", 30, "y"), ("di", 25, "x"), ("ed", 41, "x")]
print(sorted(people, key=itemgetter(1, 0)), sorted(people, key=lambda p: (-p[1], p[0])), min(people, key=itemgetter(1)), sorted(people, key=itemgetter(1), reverse=True)[0])
groups = defaultdict(list)
for name, age, team in people:
    groups[team].append(name)
print(dict(groups), {k: [p[0] for p in g] for k, g in groupby(sorted(people, key=itemgetter(1)), itemgetter(1))})
print(dict(Counter(p[2] for p in people)), dict(zip(*[iter("a1b2")] * 2)), {v: k for k, v in {"a": 1, "b": 2}.items()}, dict(sorted({"b": 1, "a": 2}.items())), max({"a": 3, "b": 5}.items(), key=itemgetter(1)), sum(Counter(a=1, b=2).values()))
nested = {"a": {"b": {"c": 1}}}
print(nested["a"]["b"]["c"], nested.get("x", {}).get("y"), [*nested], {**nested, "z": 1})
inverted = defaultdict(set)
for word in ["apple", "avocado", "bean", "blueberry", "cherry"]:
    inverted[word[0]].add(word)
print({k: sorted(v) for k, v in inverted.items()}, list(dict.fromkeys([3, 1, 3, 2, 1])), [x for i, x in enumerate([1, 1, 2, 3, 3]) if i == 0 or x != [1, 1, 2, 3, 3][i - 1]])
matrix = [[1, 2, 3], [4, 5, 6]]
print(list(zip(*matrix)), [sum(c) for c in zip(*matrix)], [x for r in matrix for x in r], [r[::-1] for r in matrix[::-1]], list(map(list, zip(*matrix[::-1]))))
d = OrderedDict.fromkeys("bca")
d.move_to_end("b")
print("".join(d), {k: d[k] for k in sorted(d)}, dict.fromkeys("ab", []), [*{1: 2, 3: 4}.items()], {(i, j): i * j for i in range(2) for j in range(2)})
