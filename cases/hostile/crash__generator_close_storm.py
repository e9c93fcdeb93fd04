def g():
    try:
        yield
    finally:
        h = g()
        next(h)
        kept.append(h)


kept = []
x = g()
next(x)
for _ in range(1000):
    x.close()
    x = kept.pop()
print("alive")
