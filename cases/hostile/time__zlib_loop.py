import zlib

data = bytes(10**7)
while True:
    zlib.compress(data, 9)
