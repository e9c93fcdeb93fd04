(lambda **k: 0)(**{str(i): i for i in range(10**8)})
