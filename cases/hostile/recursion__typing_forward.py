type X = list[X]
import typing

x = X
while True:
    x = x.__value__.__args__[0] if hasattr(x, "__value__") else x
    isinstance(1, x)
