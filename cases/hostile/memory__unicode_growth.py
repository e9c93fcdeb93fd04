s = "\U0001F600"
while True:
    s *= 2
