from collections import ChainMap, OrderedDict, defaultdict

d = defaultdict(list)
for k, v in [("a", 1), ("b", 2), ("a", 3)]:
    d[k].append(v)
print(d, d["new"], d.get("other"), "other" in d, d.default_factory, defaultdict(int, x=1), d.copy() == d, d | {"z": 1})
try:
    defaultdict(None)["k"]
except KeyError as error:
    print(repr(error))
try:
    defaultdict(5)
except TypeError as error:
    print(error)
nested = defaultdict(lambda: defaultdict(int))
nested["a"]["b"] += 5
print({k: dict(v) for k, v in nested.items()})
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a")
o.move_to_end("c", last=False)
print(o, o.popitem(), o.popitem(last=False), o, list(reversed(o)))
print(OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == {"b": 2, "a": 1}, OrderedDict([("k", 1)]) | {"z": 2})
try:
    o.move_to_end("nope")
except KeyError as error:
    print(repr(error))
try:
    OrderedDict().popitem()
except KeyError as error:
    print(error)
base, over = {"a": 1, "b": 2}, {"b": 20}
c = ChainMap(over, base)
print(c["a"], c["b"], dict(c), c, len(c), list(c), c.maps, c.parents, c.new_child({"z": 1})["z"])
c["new"] = 1
c.pop("b")
print(over, base, c["b"])
for bad in ["c['nope']", "c.pop('a')", "del_()", "ChainMap().popitem()"]:

    def del_():
        del c["a"]

    try:
        eval(bad)
    except KeyError as error:
        print(repr(error))
print(c | {"q": 1}, {"q": 1} | c, ChainMap({"a": 1}) == {"a": 1}, c.get("nope", 5))
