value = []
for _ in range(1000000):
    value = [value]
del value
print("freed")
