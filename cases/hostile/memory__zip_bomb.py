import zlib

c = zlib.compress(bytes(10**8))
zlib.decompress(c * 1)
d = zlib.decompressobj()
kept = [zlib.decompress(c) for _ in range(1000)]
