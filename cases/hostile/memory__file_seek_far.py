with open("big", "wb") as f:
    f.seek(2**40)
    f.write(b"x")
