code = compile("a + b", "<demo>", "eval")
print(eval(code, {"a": 1, "b": 2}), code.co_names, code.co_filename)
code = compile("x = 1\ny = x + 1", "<demo>", "exec")
space = {}
print(exec(code, space), space["y"])
code = compile("1 + 1\n", "<demo>", "single")
import sys

shown = []
sys.displayhook = shown.append
exec(code)
sys.displayhook = sys.__displayhook__
print(shown)
print(eval("  1 + 1"), eval(b"2*3"), eval("[i for i in range(n)]", {"n": 3}))


class Names(dict):
    def __missing__(self, key):
        return key.upper()


print(eval("a + b", {}, Names()))
print(eval("__builtins__ is not None", {}), "len" in eval("__builtins__", {}))
try:
    eval("len('x')", {"__builtins__": {}})
except NameError as error:
    print(error)
for call in ["eval('x = 1')", "eval('')", "eval('1\\x00')", "compile('1', '', 'bad')", "eval(5)", "exec('1', 5)", "eval('1', None, 5)"]:
    try:
        print(eval(call))
    except Exception as error:
        print(type(error).__name__, error)
f = compile("def g(n):\n    return n * k\n", "<demo>", "exec")
space = {"k": 3}
exec(f, space)
print(space["g"](7))
y = 1
exec("y = 2")
print(y)


def local():
    y = 3
    exec("y = 4")
    return y, eval("y + 1")


print(local())
