import dis
import io
import types


def f(a, b=2):
    total = a + b
    return [total, *range(3)]


c = f.__code__
print(c.co_name, c.co_argcount, c.co_varnames, c.co_nlocals, c.co_names, c.co_freevars, c.co_flags & 3, c.co_stacksize > 0, c.co_posonlyargcount, c.co_qualname, type(c.co_code).__name__)
print([i.opname for i in dis.get_instructions(lambda x: x + 1)])
out = io.StringIO()
dis.dis("x = 1", file=out)
print("STORE_NAME" in out.getvalue(), dis.stack_effect(dis.opmap["POP_TOP"]), dis.opname[dis.opmap["RETURN_VALUE"]], len(list(dis.findlinestarts(c))) > 1, dis.code_info("1").splitlines()[0])
g = types.FunctionType(c, {"range": range}, "renamed", (10,))
print(g(1), g.__name__, g.__defaults__, c.replace(co_consts=c.co_consts) == c, list(c.co_lines())[0][2] is not None, c == compile("0", "", "eval"))
adder = compile("lambda n: n * k", "<demo>", "eval").co_consts[0]
print(type(adder).__name__, types.FunctionType(adder, {"k": 7})(6))


def outer():
    x = 5

    def inner():
        return x

    return inner


h = types.FunctionType(outer().__code__, {}, closure=(types.CellType("cell"),))
print(h(), outer().__closure__[0].cell_contents, outer.__code__.co_cellvars)
for bad in ["types.FunctionType(outer().__code__, {})", "types.FunctionType(5, {})", "types.FunctionType(c, {}, closure=(types.CellType(1),))", "types.CellType().cell_contents", "c.replace(co_argcount=-1)", "c.replace(nope=1)", "types.CodeType(1)", "exec(outer().__code__)", "dis.dis(5)", "dis.stack_effect(9999)", "compile('x', '', 'exec', flags=1 << 30)", "f.__code__.co_name_", "setattr(c, 'co_name', 'x')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
for k in ("SimpleNamespace", "MappingProxyType", "MethodType", "GenericAlias"):
    print(getattr(types, k).__name__)
ns = types.SimpleNamespace(a=1, b=[2])
mp = types.MappingProxyType({"k": 1})
print(ns, ns == types.SimpleNamespace(b=[2], a=1), mp, mp["k"], mp | {"z": 1})
try:
    mp["k"] = 2
except TypeError as error:
    print(error)
