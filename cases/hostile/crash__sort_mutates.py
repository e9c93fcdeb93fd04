l = list(range(100))
l.sort(key=lambda v: l.append(v) or v)
