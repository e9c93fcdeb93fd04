import inspect


def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


print(f(1, d=4))
print(f(1, 2, 3, 4, 5, d=6, z=7))
print(f(*range(4), **{"d": 1, "a": "kw"}))
print(inspect.signature(f))
for call in [
    "f()",
    "f(1)",
    "f(1, d=1, d=2)",
    "f(1, **{'d': 1}, **{'d': 2})",
    "f(b=1, d=1)",
    "g(1, 2)",
    "g(x=1)",
    "h(1, 2, 3)",
    "h()",
    "k(1)",
    "len()",
    "len(1, 2)",
    "int(1, 2, 3)",
    "sorted([1], None)",
    "print(sepp='')",
    "f(*3, d=1)",
    "f(**3)",
]:

    def g():
        pass

    def h(a, b):
        pass

    def k(*, only):
        pass

    try:
        eval(call)
    except (TypeError, SyntaxError) as error:
        print(call, "->", type(error).__name__, error)


def mutable(item, seen=[]):
    seen.append(item)
    return seen


print(mutable(1), mutable(2), mutable.__defaults__)
