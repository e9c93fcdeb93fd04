import hashlib

h = b""
while True:
    h = hashlib.sha512(h * 1000).digest()
