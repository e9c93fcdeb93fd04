s = set()
n = 0
while True:
    s.add(str(n))
    n += 1
