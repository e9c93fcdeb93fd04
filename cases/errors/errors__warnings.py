import io
import sys
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("one")
    warnings.warn("two", DeprecationWarning)
    warnings.warn(FutureWarning("three"))
    exec(compile("'a' is 'b'\nassert (1, 'x')\n'\\d'\n1 .real\n[1](2)", "<demo>", "exec")) if False else None
    compile("'a' is 'b'", "<demo>", "exec")
    compile("assert (1, 'x')", "<demo>", "exec")
    compile("'\\d'", "<demo>", "exec")
    compile("1(2)", "<demo>", "exec")
    compile("[1, 2][3, 4]['a']", "<demo>", "exec")
    compile("def f():\n try:\n  pass\n finally:\n  return 1", "<demo>", "exec")
    compile("0x1for x in y", "<demo>", "eval") if False else None
for w in caught:
    print(w.category.__name__, w.message)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("raised", UserWarning)
    except UserWarning as error:
        print("error", error)
    warnings.filterwarnings("ignore", message="quiet.*")
    warnings.warn("quiet please")
with warnings.catch_warnings():
    warnings.simplefilter("default")
    sys.stderr = buffer = io.StringIO()
    for _ in range(3):
        warnings.warn_explicit("explicit", UserWarning, "demo.py", 5, registry=globals().setdefault("reg", {}))
    sys.stderr = sys.__stderr__
    print(buffer.getvalue())
print(warnings.formatwarning("m", UserWarning, "f.py", 3, "code"))


@warnings.deprecated("use new()")
def old():
    return 1


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(old(), old.__deprecated__, [str(w.message) for w in caught])
for bad in ["warnings.warn('x', int)", "warnings.simplefilter('nope')", "warnings.warn(5, 'x')", "warnings.filterwarnings('error', message=5)"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
