import modulefinder
import os
import pyclbr
import pydoc
import sys

open("target_mod.py", "w").write("import json\n\nclass Base:\n    '''Doc of Base.'''\n    def method(self, x=1):\n        '''Doc of method.'''\n\nclass Child(Base):\n    value = 5\n\ndef function(a, *b):\n    '''Doc of function.'''\n\nasync def co(): pass\n")
sys.path.insert(0, os.getcwd())
tree = pyclbr.readmodule_ex("target_mod")
for name, d in sorted(tree.items()):
    if d.module == "target_mod":
        print(name, type(d).__name__, d.lineno, sorted(getattr(d, "methods", None) or {}), [getattr(s, "name", s) for s in getattr(d, "super", None) or []])
import target_mod

text = pydoc.plain(pydoc.render_doc(target_mod.Child))
print("class Child(Base)" in text, "Doc of method." in text, pydoc.plain(pydoc.render_doc(target_mod.function)).splitlines()[2:], pydoc.splitdoc("a\n\nb"), pydoc.getdoc(target_mod.Base))
print(pydoc.locate("target_mod.Child.value"), pydoc.locate("no.such.thing"), pydoc.describe(5), pydoc.describe(target_mod.Base), pydoc.synopsis("target_mod.py"))
finder = modulefinder.ModuleFinder(path=[os.getcwd()])
finder.run_script("target_mod.py")
print(sorted(finder.badmodules), "__main__" in finder.modules)
del sys.modules["target_mod"]
