import builtins

for name in list(vars(builtins)):
    if name not in ("print", "delattr"):
        delattr(builtins, name)
print("alive")
