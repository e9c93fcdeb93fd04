b = bytearray(8)
m = memoryview(b)
b.extend(bytes(1000))
