import gc

gc.disable()
while True:
    a = [bytes(100000)]
    a.append(a)
