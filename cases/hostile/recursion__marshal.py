import marshal

value = []
for _ in range(100000):
    value = [value]
marshal.dumps(value)
