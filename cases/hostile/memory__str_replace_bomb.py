s = "a" * 100000
while True:
    s = s.replace("a", "aaaaaaaaaa")
