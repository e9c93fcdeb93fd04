import pickle
import random

r = random.Random(1)
for _ in range(20000):
    try:
        pickle.loads(r.randbytes(60))
    except Exception:
        pass
print("survived")
