l = []
while True:
    try:
        while True:
            l.append(bytes(1 << 20))
    except MemoryError:
        pass
