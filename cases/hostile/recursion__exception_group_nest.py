g = ValueError("x")
for _ in range(100000):
    g = ExceptionGroup("g", [g])
g.split(TypeError)
