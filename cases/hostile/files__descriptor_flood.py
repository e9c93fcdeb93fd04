kept = []
while True:
    kept.append(open("f", "w"))
