import inspect


def f(a, /, b: int = 1, *args, c, d=2, **kw) -> str: ...


s = inspect.signature(f)
print(s, [(p.name, p.kind.name, p.default is p.empty) for p in s.parameters.values()], s.return_annotation)
b = s.bind(1, 2, 3, c=4, z=5)
b.apply_defaults()
print(b.arguments, b.args, b.kwargs, s.bind_partial(1))
for args, kw in [((), {}), ((1,), {}), ((1,), {"a": 2, "c": 3}), ((1, 2), {"b": 3, "c": 1})]:
    try:
        print(s.bind(*args, **kw))
    except TypeError as error:
        print(error)


class C:
    def __init__(self, x, y=2): ...

    def __call__(self, z): ...

    @classmethod
    def k(cls, a): ...

    @staticmethod
    def st(a): ...


for o in (C, C(1), C(1).__init__, C.k, C.st, len, sorted, lambda x, *, y: 0, print, dict.get, int.from_bytes):
    try:
        print(inspect.signature(o))
    except ValueError as error:
        print(error)
print(s.replace(parameters=list(s.parameters.values())[:2]), inspect.Signature([inspect.Parameter("q", inspect.Parameter.KEYWORD_ONLY, default=5)]), s == inspect.signature(f), inspect.signature(eval("lambda a=1, b='x': 0")))
for bad in ["inspect.signature(5)", "inspect.Parameter('1', inspect.Parameter.KEYWORD_ONLY)", "inspect.Parameter('a', 99)", "inspect.signature(type)", "inspect.Signature([inspect.Parameter('a', 3), inspect.Parameter('b', 0)])"]:
    try:
        print(eval(bad))
    except (TypeError, ValueError) as error:
        print(error)
print(inspect.getfullargspec(f), inspect.getcallargs(f, 1, c=2))
