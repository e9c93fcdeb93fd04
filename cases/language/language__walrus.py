import re

if (m := re.search(r"(\d+)", "abc 42")) is not None:
    print(m.group(1))
data = iter([3, 2, 1, 0, 9])
while (value := next(data)) > 0:
    print(value)
print([y for x in range(5) if (y := x * x) % 2 == 0], y)
print((a := 1, b := 2), a, b)


def f(x, y=(d := 7)):
    return x, y


print(f(p := 3), p, d)
print({(k := i): k * 2 for i in range(2)}, k)
print(any((witness := n) > 3 for n in [1, 5, 2]), witness)
for bad in [
    "x := 1",
    "[i := 0 for i in range(3)]",
    "(a.b := 1)",
    "(a[0] := 1)",
    "f(x := 1, y = z := 2)",
    "[[(j := i) for i in range(2)] for j in range(2)]",
    "class C: [x := i for i in range(2)]",
    "[x for x in (y := [1])]",
]:
    try:
        compile(bad, "<demo>", "exec")
        print("fine", bad)
    except SyntaxError as error:
        print(error.msg)
