def f(a, b): ...


class C:
    def m(self, x): ...


for source in ["f(1)", "f(1, 2, 3)", "f(1, c=2)", "f(1, 2, a=3)", "C().m()", "C.m()", "C().m(1, 2)", "C(5)", "None.x", "len(5)", "int([])", "int('a', base='b')", "{}[{}]", "'a' < 1", "[] < ()", "None + 1", "1 + None", "'a' - 'b'", "[1] - [1]", "{} + {}", "not_defined", "for_", "abs('a')", "sum('abc')", "sorted(5)", "'a'.join(5)", "'a'.join([1])", "open(1.5)", "range('a')", "chr('a')", "ord(5)", "isinstance(1, 'int')", "import_('a')", "super(5)", "bytes('a')", "list(1)", "dict(1)", "set(1)", "tuple(1)", "zip(1)", "enumerate(1)", "map(1)", "iter(1)", "next(1)", "hash([])", "print(*5)", "print(**5)", "f(**{1: 2})", "[*5]", "{**5}", "max()", "max(5)", "min([])", "round('a')", "divmod(1, 'a')", "pow('a', 2)", "type.mro()", "object.__init__(1, 2)", "str.upper(5)", "list.append([], 1, 2)", "[].sort(reverse='x')", "'{:d}'.format('x')", "'%d' % 'x'", "__import__(5)", "getattr(1)", "setattr(1, 'x', 2)", "delattr(1, 'x')", "eval(1)", "exec(1)", "compile(1)", "b'a' + 'a'", "b'a' == 'a'", "'a' in b'a'", "memoryview(1)", "lambda x: x()", "(lambda x: x)()", "slice()", "complex('a')", "float('a')", "bool(1, 2)", "input(1, 2)", "vars(1)", "dir(1, 2)", "id()", "callable()", "format(1, 2)", "all(1)", "any(None)", "filter(1)", "reversed({})", "staticmethod()", "property(1)(2)"]:
    try:
        result = eval(source)
        print(f"{source} = {type(result).__name__}")
    except Exception as error:
        print(f"{source} -> {type(error).__name__}: {error}")
