import importlib
import importlib.util
import os
import sys
import types

open("bad_syntax.py", "w").write("def f(:\n")
open("raises.py", "w").write("1/0")
open("circ1.py", "w").write("import circ2\nA = 1\n")
open("circ2.py", "w").write("from circ1 import A\n")
open("lazy.py", "w").write("def __getattr__(n):\n    if n == 'x': return 'lazy x'\n    raise AttributeError(n)\n")
open("plain.py", "w").write("X = 1")
sys.path.insert(0, os.getcwd())
importlib.invalidate_caches()
for source in ["import bad_syntax", "import raises", "import circ1", "import plain.sub", "from plain import nope", "from . import x", "import nowhere_at_all", "from lazy import x", "from lazy import y", "importlib.import_module('.x')", "importlib.util.find_spec('nowhere.x')", "import os.nope", "from os.path import nope"]:
    try:
        exec(source, {"importlib": importlib, "__name__": "demo"})
        print("ok", source)
    except Exception as error:
        print(source, "->", type(error).__name__, str(error).split(" (/")[0].split(" from '/")[0])
print("raises" in sys.modules, "plain" in sys.modules, importlib.util.find_spec("nowhere"), importlib.util.find_spec("json").name, importlib.util.resolve_name(".x", "p"))
sys.modules["blocked"] = None
try:
    import blocked
except ModuleNotFoundError as error:
    print(error)
sys.modules["fake"] = types.SimpleNamespace(v="fake v")
import fake

print(fake.v)
del sys.modules["fake"], sys.modules["blocked"]
