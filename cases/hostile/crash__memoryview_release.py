b = bytearray(8)
m = memoryview(b)
m.release()
m[0]
