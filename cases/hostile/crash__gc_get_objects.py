import gc

for o in gc.get_objects():
    if type(o) is dict:
        o.clear()
raise KeyError
