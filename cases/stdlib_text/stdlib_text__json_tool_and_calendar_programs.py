import contextlib
import io
import runpy
import sys


class Kept(io.StringIO):
    def close(self):
        pass


def program(module, *args, stdin=""):
    out, err = Kept(), Kept()
    old = sys.argv, sys.stdin
    sys.argv, sys.stdin = [module, *args], io.StringIO(stdin)
    code = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            runpy.run_module(module, run_name="__main__", alter_sys=False)
    except SystemExit as stop:
        code = stop.code
    finally:
        sys.argv, sys.stdin = old
    return code, out.getvalue()


import warnings

warnings.simplefilter("ignore")
open("d.json", "w").write('{"b": [1, 2], "a": {}}')
print(program("json.tool", "d.json"))
print(program("json.tool", "--sort-keys", "--compact", "d.json"))

open("s.py", "w").write("x = 1 + 2\n")
print(program("ast", "s.py")[1])
print(program("tokenize", "s.py")[1])
print(program("tabnanny", "s.py"))
print(program("zipfile", "-c", "z.zip", "s.py"), program("zipfile", "-l", "z.zip")[1].splitlines()[0].split())
