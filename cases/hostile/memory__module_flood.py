import sys
import types

n = 0
while True:
    sys.modules[f"m{n}"] = types.ModuleType(f"m{n}")
    n += 1
