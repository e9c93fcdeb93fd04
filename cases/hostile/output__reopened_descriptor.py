f = open(1, "w", closefd=False)
while True:
    f.write("x" * 65536)
