import pickle

data = b"(lp0\n" + b"".join(b"(lp%d\ng%d\nag%d\na" % (i, i - 1, i - 1) for i in range(1, 60)) + b"."
value = pickle.loads(data)
print(type(value).__name__)
