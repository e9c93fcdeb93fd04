async def f():
    pass


import warnings

warnings.simplefilter("ignore")
for _ in range(10000):
    f()
print("alive")
