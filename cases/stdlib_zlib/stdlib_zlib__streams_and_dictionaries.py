import zlib

text = b"the quick brown fox jumps over the lazy dog " * 40
for level in (-1, 0, 1, 6, 9):
    c = zlib.compress(text, level)
    print(level, len(c) < len(text) if level else len(c) > len(text), zlib.decompress(c) == text)
for wbits in (9, 15, -9, -15, 25, 31):
    co = zlib.compressobj(wbits=wbits)
    c = co.compress(text) + co.flush()
    print(wbits, c[:2].hex() if wbits > 0 else "raw", zlib.decompress(c, wbits) == text, zlib.decompress(c, 47) == text if wbits > 0 else "")
for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED):
    co = zlib.compressobj(6, zlib.DEFLATED, 15, 8, strategy)
    print(strategy, zlib.decompress(co.compress(text) + co.flush()) == text)
co = zlib.compressobj()
first = co.compress(text) + co.flush(zlib.Z_FULL_FLUSH)
copy = co.copy()
a, b = first + co.compress(b"A") + co.flush(), first + copy.compress(b"B") + copy.flush()
print(zlib.decompress(a)[-1:], zlib.decompress(b)[-1:], zlib.decompress(a)[:-1] == zlib.decompress(b)[:-1])
print(zlib.crc32(text, 5), zlib.adler32(text, 5), zlib.crc32(text) == zlib.crc32(text[20:], zlib.crc32(text[:20])), zlib.DEF_BUF_SIZE, zlib.MAX_WBITS)
for bad in ["zlib.compressobj(99)", "zlib.compressobj(wbits=99)", "zlib.compressobj(memLevel=99)", "zlib.decompress(a, wbits=99)", "zlib.decompressobj(wbits=3)", "co.flush()", "zlib.compressobj(zdict='x')", "zlib.decompress(a, bufsize=-1)"]:
    try:
        print(len(eval(bad)))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
