n = 0
while True:
    globals()[f"name_{n}"] = n
    n += 1
