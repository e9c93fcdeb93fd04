open("/".join(["a"] * 10000))
