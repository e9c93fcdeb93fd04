import os

print(len(os.urandom(10**6)))
