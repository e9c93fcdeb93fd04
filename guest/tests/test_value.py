"""Values: what JSON can say of them without loss, rich forms, bounds, hostile classes."""

import unittest

from stand_in import cell


def report(source):
    return cell(source)["value"]


class Values(unittest.TestCase):
    def test_json(self):
        same = ["0", "-7", "2**70", "True", "1.5", "1e300", "-0.0", "'é'", "[]", "[1, [2, None]]", "{'a': {'b': [1.0]}}", "'\\x00'", "10**4000"]
        for source in same:
            self.assertEqual(report(source)["json"], eval(source), source)
        self.assertEqual(report("(1, (2,))")["json"], [1, [2]])
        absent = ["float('nan')", "[float('inf')]", "{1: 2}", "'\\ud800'", "{'\\ud800': 1}", "1j", "b'a'", "{1}", "print", "range(3)", "[object()]",
                  "__import__('collections').OrderedDict(a=1)", "type('I', (int,), {})(3)", "[0] * 1_000_000", "'x' * (1 << 21)"]
        for source in absent:
            self.assertNotIn("json", report(source), source)
        cell("deep = []\nfor _ in range(100): deep = [deep]\nring = []\nring.append(ring)\nshared = 'x' * 1000\nfor _ in range(40): shared = [shared, shared]")
        self.assertNotIn("json", report("deep"))
        self.assertNotIn("json", report("ring"))
        self.assertNotIn("json", report("type('L', (), {'__repr__': lambda s: 'r'})()"))

    def test_repr_and_type(self):
        self.assertEqual(report("__import__('decimal').Decimal(1)")["type"], "decimal.Decimal")
        self.assertEqual(report("class Own: pass\nOwn()")["type"], "Own")
        long = report("'é' * 800_000")
        self.assertTrue(long["truncated"])
        self.assertEqual(len(long["repr"].encode()), (1 << 20) - 1)
        self.assertEqual(report("type('S', (), {'__repr__': lambda s: '\\ud800'})()")["repr"], "\\ud800")
        self.assertEqual(cell("10 ** 5000")["error"]["type"], "ValueError")

    def test_rich(self):
        cell("class Rich:\n  def _repr_png_(self): return b'\\x89PNG'\n  def _repr_html_(self): return '<b>ü</b>'\n  def _repr_svg_(self): raise ValueError\n"
             "  def _repr_latex_(self): return None\n  def _repr_markdown_(self): return '*m*', {'meta': 1}\n  def _repr_json_(self): return {'a': [1]}\n"
             "  def _repr_mimebundle_(self, include=None, exclude=None): return {'application/x+json': {'b': 2}, 'text/html': '<i>', 'text/plain': 'p', 3: 4}")
        found = report("Rich()")
        self.assertEqual(found["rich"], {"application/x+json": {"b": 2}, "text/html": "<i>", "image/png": "iVBORw==",
                                         "text/markdown": "*m*", "application/json": {"a": [1]}})
        self.assertEqual(report("Rich")["rich"], {})
        self.assertEqual(report("class Any:\n  def __getattr__(self, n): return lambda: 'x'\nAny()")["rich"], {})

    def test_figures_are_drawn(self):
        cell("class Figure:\n  def savefig(self, file, *, format): file.write(b'\\x89' + format.encode())\n"
             "class Drawn(Figure):\n  def _repr_png_(self): return b'own'\n"
             "class Blank:\n  def savefig(self, file, *, format): pass\n"
             "class Odd(Figure):\n  def savefig(self, file, *, format): file.close()\n"
             "class Other:\n  def savefig(self, path): raise ValueError")
        found = {name: report(f"{name}()")["rich"] for name in ("Figure", "Drawn", "Blank", "Odd", "Other")}
        self.assertEqual(found, {"Figure": {"image/png": "iXBuZw=="}, "Drawn": {"image/png": "b3du"}, "Blank": {}, "Odd": {}, "Other": {}})

    def test_rich_is_bounded(self):
        cell("class Big:\n  def _repr_html_(self): return 'x' * (20 << 20)\n  def _repr_png_(self): return b'x'")
        found = report("Big()")
        self.assertEqual((found["rich"], found["truncated"]), ({"image/png": "eA=="}, True))

    def test_hostile_classes(self):
        self.assertEqual(report("class M(type):\n  def __getattribute__(c, n): raise KeyError\nclass H(metaclass=M):\n  def __repr__(s): return 'h'\nH()")["repr"], "h")
        self.assertEqual(cell("class X:\n  def __repr__(self): raise SystemExit(5)\nX()"), {"exit": {"code": 5}})


if __name__ == "__main__":
    unittest.main()
