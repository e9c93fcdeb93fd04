good = """
if True:
\tx = 1
\tif x:
\t    y = 2
class A:

    # comment

    def f(self):
        return (1,
    2,
  3)

    z = 5
"""
space = {}
exec(good, space)
print(space["x"], space["y"], space["A"]().f(), space["A"].z)
for source in ["if 1:\n\tx\n        y", "if 1:\n    x\n\ty", "x\n  y", "if 1:\n  x\n y", "def f():\n", "class A:", "for i in x:\n# c\n", "if 1:\n    pass\n  else:\n    pass", "while 1:\nx", "\tx = 1\n  y", "try:\nexcept: pass", "with a:\nb", "if 1: x\n  else: y", "lambda:\n  x", "x = [\n1,\n  2\n]"]:
    try:
        compile(source, "<demo>", "exec")
        print("fine", repr(source))
    except SyntaxError as error:
        print(repr(source), type(error).__name__, error.lineno, error.msg)
