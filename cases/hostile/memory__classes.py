kept = []
while True:
    kept.append(type("X", (), {}))
