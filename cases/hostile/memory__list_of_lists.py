l = []
while True:
    l.append([None] * 1000)
