import json
from collections import OrderedDict

data = {"s": "é\"\\\n\u2028😀", "n": None, "t": True, "i": 10**20, "f": 1.5, "l": [1, [2, []]], "d": {}, "e": 1e100, "z": -0.0}
print(json.dumps(data))
print(json.dumps(data, ensure_ascii=False))
print(json.dumps(data, indent=2, sort_keys=True))
print(json.dumps([1, {"a": 2}], separators=(",", ":")), json.dumps([1, [2]], indent="\t"), json.dumps({1: 1, None: 2, True: 3, 1.5: 4}))
print(json.dumps(float("nan")), json.dumps([float("inf"), float("-inf")]), json.dumps((1, 2)), json.dumps("</script>"), json.dumps("\x00\x1f\x7f"), json.dumps("\ud800"))
print(json.dumps({(1, 2): 3, "a": 1}, skipkeys=True), json.dumps(OrderedDict(b=1, a=2)))


class Enc(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, (set, range)):
            return sorted(o)
        return super().default(o)


print(json.dumps({"s": {3, 1}, "r": range(3)}, cls=Enc), json.dumps(1j, default=lambda c: [c.real, c.imag]), "".join(Enc().iterencode([1, {2}])))
circular = []
circular.append(circular)
for bad in ["json.dumps(circular)", "json.dumps({1, 2})", "json.dumps(b'x')", "json.dumps({(1,): 2})", "json.dumps(object)", "json.dumps(float('nan'), allow_nan=False)", "json.dumps({'a': {'b': 1j}})", "json.dumps({'a': 1, 2: 1}, sort_keys=True)", "json.dumps([1], indent='x', foo=1)", "json.dumps(1j, default=lambda c: c)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}", getattr(error, "__notes__", ""))
