def order(kind):
    log = []
    try:
        log.append("try")
        if kind == "raise":
            raise ValueError("v")
        if kind == "return":
            return log
    except ValueError as error:
        log.append(f"except {error}")
    else:
        log.append("else")
    finally:
        log.append("finally")
    log.append("after")
    return log


for kind in ["none", "raise", "return"]:
    print(kind, order(kind))


def loop():
    out = []
    for i in range(3):
        try:
            if i == 1:
                continue
            out.append(i)
        finally:
            out.append("f")
    return out


print(loop())
try:
    try:
        1 / 0
    finally:
        print("cleanup")
except ZeroDivisionError as error:
    print(error, error.__context__)

try:
    try:
        {}["k"]
    except KeyError as first:
        raise ValueError("second") from first
except ValueError as error:
    print(repr(error.__cause__), error.__suppress_context__)
try:
    try:
        {}["k"]
    except KeyError:
        raise ValueError("third") from None
except ValueError as error:
    print(repr(error.__cause__), repr(error.__context__), error.__suppress_context__)
try:
    first
except NameError as error:
    print(error)

for source in ["try:\n pass\nexcept int:\n pass", "try:\n 1/0\nexcept 'x':\n pass", "raise 5", "raise"]:
    try:
        exec(source)
        print("fine")
    except BaseException as error:
        print(type(error).__name__, error)
