l = []
try:
    while True:
        l.append(bytes(1 << 20))
except MemoryError:
    l.clear()
print("recovered", len(bytes(1 << 20)))
