import traceback

SOURCE = '''
def outer(x):
    return middle(x) + 1

def middle(x):
    return 10 / x

class Boom(Exception):
    pass

def chain():
    try:
        outer(0)
    except ZeroDivisionError as e:
        raise Boom("wrapped") from e

def context():
    try:
        {}["missing"]
    except KeyError:
        [][5]

def recurse(n):
    if n == 0:
        raise ValueError("bottom")
    recurse(n - 1)
'''
space = {"__name__": "demo"}
exec(compile(SOURCE, "<demo>", "exec"), space)
for call in ["outer(0)", "chain()", "context()", "recurse(12)", "undefined_name", "outer()", "'a' + 1"]:
    try:
        eval(compile(call, "<call>", "eval"), space)
    except Exception:
        text = traceback.format_exc()
        lines = [l for l in text.splitlines() if "errors__tracebacks" not in l and "<module>" not in l]
        print("\n".join(l for l in lines if not l.strip().startswith(("eval(compile", "~", "^"))))
        print("=====")
