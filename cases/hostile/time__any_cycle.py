from itertools import cycle

any(cycle([0]))
