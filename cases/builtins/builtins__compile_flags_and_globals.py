import ast

print(compile("x: int = 1", "<demo>", "exec", ast.PyCF_ONLY_AST).body[0].__class__.__name__, eval(compile("1 + 1", "<demo>", "eval", optimize=2)))
code = compile("assert False, 'x'\n'''doc'''\nif __debug__: y = 1\nelse: y = 2", "<demo>", "exec", optimize=1)
space = {}
exec(code, space)
print(space["y"], space.get("__doc__"))
g, l = {"a": 1}, {"b": 2}
exec("c = a + b\nglobal d\nd = 5", g, l)
print(l, g["d"], "c" in g, sorted(k for k in g if k != "__builtins__"))


class Ns(dict):
    def __setitem__(self, k, v):
        print("set", k, v)
        super().__setitem__(k, v)

    def __getitem__(self, k):
        print("get", k)
        return super().__getitem__(k)


exec("x = 1\ny = x", {}, Ns())
print(sorted(eval("locals()", {"__builtins__": {"locals": locals}}, {"q": 1})))
safe = {"__builtins__": {"len": len}}
print(eval("len('abc')", safe))
for bad in ["open('x')", "__import__('os')", "().__class__.__name__"]:
    try:
        print(eval(bad, safe))
    except NameError as error:
        print(error)
exec("def f(): return undefined_here", space)
try:
    space["f"]()
except NameError as error:
    print(error)
exec(compile("from __future__ import annotations\ndef g(x: nope): pass", "<demo>", "exec"), space)
print(space["g"].__annotations__, globals() is not locals() or True, "space" in vars(), exec("pass"))
print(exec("z = 1; print(z)", {"z": 0}), eval("(lambda: q)()", {"q": 3}), eval("[a for _ in range(2)]", {"a": 1}, {"a": 2}))
