value = ()
for _ in range(100000):
    value = (value,)
isinstance(1, value)
