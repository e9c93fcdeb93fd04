from itertools import product

list(product(range(100), repeat=5))
