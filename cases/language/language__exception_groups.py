def show(group, depth=0):
    print("  " * depth + f"{type(group).__name__}: {group}")
    for e in getattr(group, "exceptions", ()):
        show(e, depth + 1)


g = ExceptionGroup("top", [ValueError("a"), TypeError("b"), ExceptionGroup("in", [ValueError("c"), KeyError("d")])])
show(g)
matched, rest = g.split(ValueError)
show(matched)
show(rest)
print(g.subgroup(OSError))
show(g.subgroup(lambda e: "b" in str(e)))

try:
    raise g
except* ValueError as eg:
    print("values", len(eg.exceptions))
    show(eg)
except* (TypeError, KeyError) as eg:
    print("others")
    show(eg)

try:
    try:
        raise ExceptionGroup("g", [ValueError(1), OSError(2)])
    except* ValueError:
        print("handled")
except ExceptionGroup as eg:
    show(eg)

try:
    try:
        raise ValueError("bare")
    except* ValueError as eg:
        show(eg)
        raise TypeError("new")
except BaseException as e:
    show(e)

try:
    raise KeyError(1)
except* KeyError as eg:
    print(type(eg), eg.exceptions)

for bad in ["ExceptionGroup('x', [])", "ExceptionGroup('x', [1])", "ExceptionGroup(1, [ValueError()])", "ExceptionGroup('x', [KeyboardInterrupt()])"]:
    try:
        eval(bad)
    except Exception as e:
        print(type(e).__name__, e)
print(type(BaseExceptionGroup("x", [ValueError()])), type(BaseExceptionGroup("x", [SystemExit()])))


class Mine(ExceptionGroup):
    def derive(self, excs):
        return Mine(self.message + "'", excs)


show(Mine("m", [ValueError(1), TypeError(2)]).split(TypeError)[0])
