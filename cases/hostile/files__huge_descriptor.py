import os

os.read(2**31 - 1, 10)
