d = {"a": 1, "b": 2, "c": 3}
print(d.keys(), d.values(), d.items(), list(reversed(d)))
print(d.keys() & {"a", "z"}, sorted(d.keys() | {"z"}), d.keys() - {"a", "b"}, d.items() & {("a", 1)}, d.keys() == {"a", "b", "c"}, d.keys().isdisjoint("xyz"))
view = d.keys()
d["d"] = 4
print(view, len(view), "d" in view, view.mapping["d"])
print(d.pop("a"), d.pop("zz", None), d.popitem(), d.setdefault("n", []), d.setdefault("b", 9), d.get("q"), d.get("q", 5))
d.update(b=20, **{"x y": 1})
d.update([("p", 1), ("q", 2)])
d |= {"r": 3}
print(d, d | {"b": 0}, {"b": 0} | d)
print(dict([("k", 1)], k2=2), dict.fromkeys("ab", 0), dict(d) == d, d.copy() is d)
for bad in ["d['zz']", "d.pop('zz')", "{}.popitem()", "dict([1])", "dict([(1, 2, 3)])", "dict(5)", "d.update(5)", "{}['a']['b']", "dict('ab')", "d | [1]", "d < d", "{1: 2} + {3: 4}", "dict(a=1, **{'a': 2})", "d.keys()[0]", "d.keys().mapping.__setitem__('a', 1)", "d.update(1, 2)", "{}.get()", "dict.fromkeys(5)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


class Missing(dict):
    def __missing__(self, key):
        return f"<{key}>"


m = Missing(a=1)
print(m["a"], m["b"], m.get("b"), "b" in m)
order = {}
for k in "zyx":
    order[k] = 1
del order["y"]
order["y"] = 2
order["z"] = 9
print(order, 1.0 in {1: "int"}, {1: "a", True: "b", 1.0: "c"})
