import lzma

c = lzma.compress(bytes(10**7))
kept = [lzma.decompress(c) for _ in range(10000)]
