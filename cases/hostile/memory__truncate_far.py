with open("big", "wb") as f:
    f.truncate(2**40)
