def side(name, value):
    print(name, end=" ")
    return value


print(side("a", 0) or side("b", "") or side("c", "last"))
print(side("a", 1) and side("b", []) and side("c", 2))
print(side("t", 1) if side("c", True) else side("f", 2))
print((lambda x: "big" if x > 10 else "mid" if x > 5 else "small")(7))
x = None
print(x or "default", x if x is not None else "d2", not x, not not x)
print([*filter(None, [0, 1, "", "a", [], [0]])], any([0, 0.0, "", "x"]), all([1, "x", []]))
print(True and "yes" or "no", (False and 1 / 0) or "safe", True or 1 / 0)
value = {"a": 0}.get("a") or 5
print(value, bool(value) is True, (1 or 2) and 3, 1 or 2 and 3)
