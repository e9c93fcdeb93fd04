import marshal
import random

r = random.Random(1)
for _ in range(20000):
    try:
        value = marshal.loads(r.randbytes(60))
        repr(value)
    except (ValueError, EOFError, TypeError, MemoryError, OverflowError, RecursionError, UnicodeError):
        pass
print("survived")
