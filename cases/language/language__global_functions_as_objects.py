def shout(text):
    return text.upper() + "!"


def whisper(text):
    return text.lower() + "..."


styles = {"shout": shout, "whisper": whisper, "reverse": lambda s: s[::-1], "len": len, "title": str.title}
for name, f in styles.items():
    print(name, f("Hello There"), getattr(f, "__name__", "?"))
table = [abs, int, str.strip, "abc".index, [].append, print]
print([callable(t) for t in table], [type(t).__name__ for t in table])
shout.calls = 0
shout.calls += 1
print(shout.calls, shout.__dict__)


def compose(f, *rest):
    return f if not rest else lambda x: f(compose(*rest)(x))


print(compose(shout, str.strip, "{:>5}".format)("x"), (lambda f, n: f(f, n))(lambda f, n: 1 if n < 2 else n * f(f, n - 1), 10))


def curry(f, n):
    return f() if n == 0 else lambda x: curry(lambda *a: f(x, *a), n - 1)


print(curry(lambda a, b, c: (a, b, c), 3)(1)(2)(3))
memo = {}
fib = lambda n: memo[n] if n in memo else memo.setdefault(n, n if n < 2 else fib(n - 1) + fib(n - 2))
print(fib(50), len(memo))
