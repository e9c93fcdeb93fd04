lines = ["total = 0"]
for i in range(500):
    lines.append(f"def f{i}(x): return x + {i}")
    lines.append(f"total += f{i}(1)")
space = {}
exec(compile("\n".join(lines), "<demo>", "exec"), space)
print(space["total"], len(space))
expr = "+".join(str(i) for i in range(2000))
print(eval(expr))
args = ", ".join(f"a{i}" for i in range(300))
exec(f"def many({args}): return a0 + a299", space)
print(space["many"](*range(300)), space["many"].__code__.co_argcount)
big_dict = "{" + ", ".join(f"'k{i}': [{i}, ({i},)]" for i in range(1000)) + "}"
print(len(eval(big_dict)), eval(big_dict)["k999"])
chain = "x" + ".upper().lower()" * 50
print(eval(chain, {"x": "Ab"}))
nest = "[" * 50 + "1" + "]" * 50
v = eval(nest)
n = 0
while isinstance(v, list):
    v, n = v[0], n + 1
print(n, v)
cond = "0"
for i in range(40):
    cond = f"({i} if x == {i} else {cond})"
print(eval(cond, {"x": 7}), eval(cond, {"x": 99}))
ifs = "".join(f"{'el' if i else ''}if x == {i}: r = {i * i}\n" for i in range(60))
space = {"x": 42}
exec(ifs, space)
print(space["r"])
long_string = "x" * 100000
print(len(eval(repr(long_string))), hash(long_string) == hash(eval(repr(long_string))))
