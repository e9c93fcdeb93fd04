import pickle

value = []
for _ in range(100000):
    value = [value]
pickle._dumps(value)
