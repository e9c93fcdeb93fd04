s = "1"
for _ in range(200):
    s = "f'{" + s + "}'"
eval(s)
