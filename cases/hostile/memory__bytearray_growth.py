b = bytearray()
while True:
    b += bytes(1 << 20)
