s = "a" * 10**6
for _ in range(10**6):
    (s + "b").find("a" * 500000 + "b" + "a")
