x = list
for _ in range(100000):
    x = list[x]
repr(x)
