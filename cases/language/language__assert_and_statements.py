try:
    assert 1 == 2, "not equal"
except AssertionError as error:
    print(repr(error))
try:
    assert []
except AssertionError as error:
    print(repr(error), error.args)
assert True, 1 / 1
pass
...
if 0:
    unreachable
elif "":
    unreachable
else:
    print("else")
print(__debug__, __name__)
x = y = z = []
x.append(1)
print(y, z)
type Pair[T] = tuple[T, T]
print(Pair, Pair.__value__, Pair.__type_params__, Pair[int])
if True: a = 1; b = 2
print(a, b)
value = (
    1
    + 2  # comment
    + 3
)
text = "one" 'two' \
    "three"
print(value, text)
match = case = type = _ = 3
print(match, case, type, _)
print(1_000_000, 0xFF, 0o17, 0b11, 1e3, 1_0.0_1, 3j, .5, 5., 0xdead_beef)
print(r"\n", b"\x00\xff", rb"\x", "\u00e9\x41\101\N{BULLET}", "a\
b")
