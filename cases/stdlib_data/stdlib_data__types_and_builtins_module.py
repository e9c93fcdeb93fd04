import builtins
import types

print(sorted(n for n in dir(builtins) if n[0].islower() and n not in ("copyright", "credits", "license", "exit", "quit", "help")))
print(types.NoneType, types.FunctionType is type(lambda: 0), types.BuiltinFunctionType is type(len), types.ModuleType("m", "doc").__doc__, types.UnionType is type(int | str), types.EllipsisType, types.GeneratorType.__name__)
m = types.ModuleType("made")
m.value = 5
m.__getattr__ = lambda name: f"dynamic {name}"
print(m, m.value, m.anything, vars(m)["__name__"])
try:
    types.ModuleType(5)
except TypeError as error:
    print(error)
builtins.custom_builtin = lambda: "everywhere"
print(custom_builtin())
original = builtins.len
builtins.len = lambda x: 42
print(len([]))
builtins.len = original
print(len([]))
del builtins.custom_builtin
for n in ("True", "None", "__debug__"):
    try:
        exec(f"{n} = 1")
    except SyntaxError as error:
        print(error.msg)
