import contextlib
import io
import os
import pkgutil
import py_compile
import runpy
import sys
import zipapp
from importlib import resources

os.mkdir("prog")
open("prog/__init__.py", "w").write("print('init')")
open("prog/__main__.py", "w").write("import sys\nprint('main', __name__, __package__)")
open("prog/m.py", "w").write("x = 1\nif __name__ == '__main__':\n    print('as main')\n    x = 2")
open("script.py", "w").write("print(__name__, data)\nresult = data * 2")
os.makedirs("prog/data")
open("prog/data/file.txt", "w").write("resource text")
sys.path.insert(0, os.getcwd())
print(runpy.run_path("script.py", {"data": 21})["result"])
print(runpy.run_module("prog.m", run_name="__main__")["x"])
runpy.run_module("prog", run_name="__main__")
print([m.name for m in pkgutil.iter_modules([os.path.abspath("prog")])], pkgutil.get_data("prog", "data/file.txt"), pkgutil.resolve_name("os.path:join") is os.path.join)
print(resources.files("prog").joinpath("data/file.txt").read_text(), resources.files("prog").joinpath("m.py").is_file())
try:
    runpy.run_module("nothing_here")
except ImportError as error:
    print(error)
try:
    runpy.run_path("nope.py")
except OSError as error:
    print(type(error).__name__)
open("bad.py", "w").write("x = (")
try:
    py_compile.compile("bad.py", doraise=True)
except py_compile.PyCompileError as error:
    print(error.exc_type_name, str(error).splitlines()[-1])
print(py_compile.compile("script.py", cfile="script.pyc"))
zipapp.create_archive("prog", "prog.pyz")
with contextlib.redirect_stdout(io.StringIO()) as out:
    runpy.run_path("prog.pyz", run_name="__main__")
print(out.getvalue())
