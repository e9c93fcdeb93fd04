a, *b = iter(lambda: 0, 1)
