from itertools import permutations

permutations(range(2**28))
