x = list[int]
for _ in range(100000):
    x = dict[str, x]
hash(x)
