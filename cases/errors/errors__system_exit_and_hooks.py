import atexit
import io
import sys

for code in (None, 0, 3, "text", 2.5, True, (1, 2)):
    try:
        sys.exit(code)
    except SystemExit as error:
        print(repr(error.code), error.args)
try:
    raise SystemExit
except SystemExit as error:
    print(error.code)
try:
    exit_ = SystemExit(1, 2)
    raise exit_
except SystemExit as error:
    print(error.code)
shown = []
sys.excepthook = lambda kind, error, trace: shown.append((kind.__name__, str(error)))
try:
    1 / 0
except ZeroDivisionError:
    sys.excepthook(*sys.exc_info())
print(shown)
sys.excepthook = sys.__excepthook__
print(sys.exc_info(), sys.exception())
try:
    raise KeyError("k")
except KeyError:
    print(sys.exc_info()[0], repr(sys.exception()))
    try:
        raise ValueError
    except ValueError:
        print(repr(sys.exception()))
    print(repr(sys.exception()))
print(sys.exception())
unraisable = []
sys.unraisablehook = lambda u: unraisable.append((u.exc_type.__name__, str(u.exc_value)))


class Bad:
    def __del__(self):
        raise ValueError("in del")


b = Bad()
del b
print(unraisable)
sys.unraisablehook = sys.__unraisablehook__
atexit.register(print, "exit one")
atexit.register(lambda: print("exit two"))


@atexit.register
def three():
    print("exit three")


atexit.unregister(three)
print("end of program")
