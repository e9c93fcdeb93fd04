import ast

print(ast.dump(ast.parse("x = 1 + 2 * y")))
print(ast.dump(ast.parse("def f(a, *b, c=1): return [i for i in a if i]"), indent=1))
print(ast.dump(ast.parse("lambda: (yield)", mode="eval"), show_empty=True), ast.dump(ast.parse("f'{x!r:>{w}}'", mode="eval")))
for source in ["1 + 2", "a.b[c:d, ...](x, *y, k=1, **z)", "async def f():\n    async with a as b:\n        await c", "match x:\n    case {'k': [1, *_]} | C(a=1) as y if z:\n        pass", "class A[T](B, metaclass=M):\n    x: int = 5", "try:\n    a\nexcept* (B, C) as e:\n    raise D from e\nelse:\n    b\nfinally:\n    c", "with (a as b, c):\n    pass", "x = y = (1, *z)", "print(f'{a!r:>{w}} {{}}', t'{b}')", "lambda a, /, b=1, *c, d, **e: a if b else c", "for i, in x:\n    continue\nelse:\n    del a[0]", "{**a, 'b': {c for c in d}}", "not (a and b or c) is not d", "-(-x) ** -y @ z", "global a; nonlocal_ = 1; type X[T] = T", "'''doc\n\"quotes\"'''", "(a := 5), [b := 1]", "@dec\ndef f() -> int: ...", "1e400, -0.0, 1j, b'\\xff', 'é\\n'", "return_ = (yield_)", "import a.b as c, d; from .. import e as f", "assert a, b; pass; a += 1"]:
    tree = ast.parse(source)
    text = ast.unparse(tree)
    print(text, ast.dump(ast.parse(text)) == ast.dump(tree))
