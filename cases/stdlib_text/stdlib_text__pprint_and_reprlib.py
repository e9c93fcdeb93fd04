import pprint

data = {"name": "x" * 30, "list": list(range(30)), "nested": {"b": [1, {"c": (1, 2, "y" * 40)}], "a": None}, "set": {3, 1, 2}, 5: b"bytes" * 20}
pprint.pprint(data)
pprint.pprint(data, width=40, depth=2)
pprint.pprint(data, compact=True, indent=2, sort_dicts=False)
print(pprint.pformat([["a" * 30] * 3], width=50), pprint.isreadable([]), pprint.isrecursive([]), pprint.saferepr({"a": 1}))
l = [1]
l.append(l)
text = pprint.pformat(l)
print(text.startswith("[1, <Recursion on list with id="), pprint.isrecursive(l))
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from types import SimpleNamespace


@dataclass
class D:
    a: int
    b: list = field(default_factory=list)
    hidden: int = field(default=1, repr=False)


pprint.pprint([D(1, list(range(30))), SimpleNamespace(x=1, y="z" * 70), Counter("hello"), defaultdict(int, a=1), deque(range(3)), OrderedDict(b=1, a=2), ChainMap({"a": 1}, {"b": 2})])
pprint.pp({"b": 1, "a": 2})
pprint.pprint("a long string that has to be wrapped because it is much wider than the width " * 2, width=40)
pprint.pprint({(1, "a"): 1, None: 2, "s": 3, 2: 4})
pprint.pprint(10**20, underscore_numbers=True)
pprint.pprint(("one",))
