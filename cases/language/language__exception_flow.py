def f(n):
    try:
        if n == 0:
            return "returned"
        if n == 1:
            raise ValueError("one")
        if n == 2:
            raise KeyError("two")
        if n == 3:
            1 / 0
        return "end of try"
    except ValueError as e:
        return f"value {e}"
    except (KeyError, IndexError) as e:
        return f"lookup {e!r}"
    except Exception as e:
        raise RuntimeError("wrapped") from e
    else:
        return "never"
    finally:
        print("finally", n, end="; ")


for n in range(5):
    try:
        print(f(n))
    except RuntimeError as e:
        print(e, repr(e.__cause__))


def retry(times):
    for attempt in range(1, times + 1):
        try:
            if attempt < 3:
                raise ConnectionError(f"attempt {attempt}")
            return f"ok after {attempt}"
        except ConnectionError as e:
            last = e
    raise last


print(retry(3))
try:
    retry(2)
except OSError as e:
    print(type(e).__name__, e)
try:
    try:
        raise TypeError("inner")
    finally:
        raise ValueError("from finally")
except ValueError as e:
    print(e, "| context:", repr(e.__context__))
e = "outer e"
try:
    raise ValueError
except ValueError as e:
    pass
try:
    e
except NameError as error:
    print(error)


def gen():
    try:
        yield 1
    except GeneratorExit:
        print("generator exit")
        raise
    finally:
        print("generator finally")


g = gen()
next(g)
del g
print("after")
