import gc

proxy = type.__dict__
real = gc.get_referents(proxy)[0]
real["planted"] = 1
print(type.planted)
