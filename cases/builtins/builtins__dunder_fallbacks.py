class A:
    def __eq__(self, o):
        return NotImplemented


class B:
    def __radd__(self, o):
        return f"B.__radd__({o!r})"

    def __rmul__(self, o):
        return NotImplemented

    def __contains__(self, x):
        return "non-empty is true"

    def __rpow__(self, o, mod=None):
        return ("rpow", o)

    def __rdivmod__(self, o):
        return ("rdivmod", o)

    def __rlshift__(self, o):
        return ("rlshift", o)

    def __ror__(self, o):
        return ("ror", o)

    def __rmatmul__(self, o):
        return ("rmatmul", o)


print(A() == 1, A() != 1, 5 + B(), "s" + B() if False else [1].__add__([2]), 1 in B(), 2 ** B(), divmod(7, B()), 1 << B(), {} | B(), 3 @ B())
for bad in ["2 * B()", "B() + 5", "'s' + B()", "[1] + B()", "A() < A()", "sum([B()])", "-B()", "B() * 2", "int(B())", "B()[0]", "iter(B())", "with_()", "B() in 5", "len(B())", "B()()", "round(B())", "reversed(B())", "abs(B())", "hash(A())", "await_", "1 + A()", "format(B(), 'x')", "bytes(B())", "next(B())", "float(B())", "[0][B()]", "range(B())", "{B(): 1}[1]"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {str(error).split(' object at')[0]}")
