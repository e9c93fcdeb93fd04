import copy

value = []
for _ in range(100000):
    value = [value]
copy.deepcopy(value)
