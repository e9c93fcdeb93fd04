a, b = b, a = 1, 2
print(a, b)
first, *middle, last = range(6)
print(first, middle, last)
*init, tail = "abc"
print(init, tail)
(x, (y, *z)), w = (1, "234"), 5
print(x, y, z, w)
[p, q] = {"k": 1, "l": 2}
print(p, q)
print([*range(3), *"ab"], (*[], 1), {*[1], *[1]}, {**{"a": 1}, "b": 2, **{"a": 3}})


def error_of(source):
    try:
        exec(source)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(error_of("a, b = 1"))
print(error_of("a, b = 1, 2, 3"))
print(error_of("a, b, c = 1, 2"))
print(error_of("a, *b, c = [1]"))
print(error_of("a, b = {}"))
print(error_of("*a, *b = 1, 2"))
print(error_of("*a = 1, 2"))
for i, (k, v) in enumerate({"x": 1, "y": 2}.items()):
    print(i, k, v)
data = [1, 2, 3, 4]
data[1:3], data[0] = "abc", 9
print(data)


def swap(values, i, j):
    values[i], values[j] = values[j], values[i]
    return values


print(swap([1, 2, 3], 0, 2))
