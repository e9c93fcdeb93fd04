import importlib
import os
import sys

open("mod_a.py", "w").write("'''Module doc.'''\nX = 1\nprint('running', __name__)\n_hidden = 2\n")
os.makedirs("pkg/sub")
open("pkg/__init__.py", "w").write("from .inner import value\n__all__ = ['value', 'listed']\nlisted = 'l'\nunlisted = 'u'\n")
open("pkg/inner.py", "w").write("value = 'inner value'\nfrom . import later\n")
open("pkg/later.py", "w").write("from ..pkg import inner\nZ = 5\n" if False else "from pkg import inner\nZ = 5\n")
open("pkg/sub/__init__.py", "w").write("")
open("pkg/sub/deep.py", "w").write("from ..inner import value as v\ndef f(): return v, __name__, __package__\n")
sys.path.insert(0, os.getcwd())
importlib.invalidate_caches()
import mod_a
import mod_a as again

print(mod_a.X, again is mod_a, mod_a.__doc__, mod_a.__name__, mod_a.__spec__.name, os.path.basename(mod_a.__file__))
importlib.reload(mod_a)
from mod_a import *

print(X, "_hidden" in globals())
import pkg.sub.deep
from pkg import *

print(pkg.sub.deep.f(), value, listed, "unlisted" in globals(), pkg.later.Z, pkg.__path__ == pkg.__spec__.submodule_search_locations, sorted(n for n in sys.modules if n.startswith("pkg")))
os.makedirs("namespace_only/x")
open("namespace_only/x/m.py", "w").write("v = 1")
import namespace_only.x.m

print(namespace_only.x.m.v, namespace_only.__file__, type(namespace_only.__path__).__name__)
open("mod_a.py", "w").write("X = 'changed and longer'\n")
del sys.modules["mod_a"]
importlib.invalidate_caches()
import mod_a

print(mod_a.X, again.X)
