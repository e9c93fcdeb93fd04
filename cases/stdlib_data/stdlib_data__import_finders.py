import importlib.abc
import importlib.util
import sys


class Loader(importlib.abc.Loader):
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(f"made = 'by finder: {module.__name__}'", vars(module))


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith("virtual"):
            return importlib.util.spec_from_loader(name, Loader(), is_package=name == "virtual")


finder = Finder()
sys.meta_path.insert(0, finder)
import virtual.child

print(virtual.made, virtual.child.made, virtual.__spec__.name, virtual.__path__)
sys.meta_path.remove(finder)
try:
    import virtual.other
except ImportError as error:
    print(error)
for n in [n for n in sys.modules if n.startswith("virtual")]:
    del sys.modules[n]
open("by_path.py", "w").write("X = __name__")
spec = importlib.util.spec_from_file_location("chosen_name", "by_path.py")
m = importlib.util.module_from_spec(spec)
spec.loader.exec_module(m)
print(m.X, "chosen_name" in sys.modules, spec.origin == "by_path.py" or spec.origin.endswith("by_path.py"))
lazy = importlib.util.find_spec("colorsys")
loader = importlib.util.LazyLoader(lazy.loader)
lazy.loader = loader
m = importlib.util.module_from_spec(lazy)
sys.modules["colorsys"] = m
loader.exec_module(m)
print(m.rgb_to_hsv(0, 0, 0))
print(importlib.util.cache_from_source("a/b.py").startswith("a/__pycache__/b.cpython-314"), importlib.util.source_from_cache("a/__pycache__/b.cpython-314.pyc"), importlib.util.decode_source(b"# coding: latin-1\nx = '\xe9'"))
