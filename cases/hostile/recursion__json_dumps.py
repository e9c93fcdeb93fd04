import json

value = []
for _ in range(100000):
    value = [value]
json.dumps(value)
