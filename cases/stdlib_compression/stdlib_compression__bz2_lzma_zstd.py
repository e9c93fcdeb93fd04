import bz2
import io
import lzma
from compression import zstd

data = b"The quick brown fox. " * 500
for name, compress, decompress in [("bz2", bz2.compress, bz2.decompress), ("lzma", lzma.compress, lzma.decompress), ("zstd", zstd.compress, zstd.decompress)]:
    c = compress(data)
    print(name, len(c) < 300, decompress(c) == data, decompress(c + compress(b"more"))[-4:], compress(b"") != b"", decompress(compress(b"")))
    for bad in (b"junk junk junk", c[:-4], c[:10] + b"\x55\xaa" + c[12:]):
        try:
            print(len(decompress(bad)))
        except Exception as error:
            print(type(error).__name__, error)
print(lzma.decompress(lzma.compress(data, format=lzma.FORMAT_ALONE)) == data, lzma.decompress(lzma.compress(data, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}]), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}]) == data, lzma.is_check_supported(lzma.CHECK_CRC64), lzma.is_check_supported(99) if False else "")
d = bz2.BZ2Decompressor()
out = b"".join(d.decompress(bytes([b])) for b in bz2.compress(b"abc"))
print(out, d.eof, d.unused_data)
try:
    d.decompress(b"x")
except EOFError as error:
    print(error)
d = lzma.LZMADecompressor()
print(d.decompress(lzma.compress(data), max_length=5), d.needs_input, d.check == lzma.CHECK_CRC64 or d.check)
for module, ext in ((bz2, "bz2"), (lzma, "xz"), (zstd, "zst")):
    with module.open("f." + ext, "wt", encoding="utf-8") as f:
        f.write("one\ntwo é\n")
    with module.open("f." + ext, "rt", encoding="utf-8") as f:
        print(list(f))
c = zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})
print(zstd.decompress(c) == data, zstd.get_frame_info(c).decompressed_size, zstd.zstd_version_info[0])
for bad in ["zstd.compress('x')", "zstd.compress(b'x', 999)", "bz2.compress(b'x', 0)", "lzma.compress(b'', preset=99)", "lzma.LZMACompressor(format=99)", "lzma.LZMADecompressor(memlimit=1).decompress(lzma.compress(data))"]:
    try:
        print(len(eval(bad)))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
