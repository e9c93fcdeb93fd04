import itertools

it = iter(())
for _ in range(100000):
    it = itertools.chain(it, ())
del it
print("freed")
