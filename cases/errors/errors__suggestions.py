import math
import traceback


class Thing:
    colour = 1
    _private = 2


def suggest(source):
    try:
        exec(compile(source, "<demo>", "exec"), {"Thing": Thing, "value_one": 1, "math": math, "items": []})
    except Exception as error:
        print("".join(traceback.format_exception_only(error)).strip())


for source in ["Thing().color", "Thing.colours", "value_on", "Value_One", "itmes", "pritn(1)", "math.sqr(1)", "[].apend(1)", "'a'.uper()", "{}.key()", "Thing().private", "from math import squareroot", "from math import sqr", "import colections", "import maths", "Thing().xyz", "True_", "flase", "none", "(1).reall", "Thing()._privat", "import json.decodr", "sys.exit()", "time", "len.x", "int('a').b", "[].push(1)", "items.length", "items.add(1)", "{}.add(1)", "''.contains('')"]:
    suggest(source)


class Method:
    def run(self, value):
        return valu

    def other(self):
        return helper

    def helper(self):
        pass


for f in (lambda: Method().run(1), lambda: Method().other()):
    try:
        f()
    except NameError as error:
        print("".join(traceback.format_exception_only(error)).strip())
try:
    Method().run(valeu=1)
except TypeError as error:
    print(error)
