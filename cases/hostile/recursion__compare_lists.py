value = []
for _ in range(100000):
    value = [value]
other = []
for _ in range(100000):
    other = [other]
value == other
