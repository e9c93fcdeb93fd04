import gzip
import io
import zlib

data = b"hello " * 1000 + bytes(range(256))
c = zlib.compress(data, 9)
print(len(c) < 500, zlib.decompress(c) == data, zlib.crc32(data), zlib.adler32(data), zlib.crc32(b""), zlib.adler32(b"abc"))
co = zlib.compressobj(level=6, wbits=-15)
raw = co.compress(data[:100]) + co.flush(zlib.Z_SYNC_FLUSH) + co.compress(data[100:]) + co.flush()
d = zlib.decompressobj(-15)
print(d.decompress(raw + b"tail") == data, d.unused_data, d.eof, d.unconsumed_tail)
d = zlib.decompressobj()
part = d.decompress(c, 10)
print(part, len(d.unconsumed_tail) > 0, d.decompress(d.unconsumed_tail) + d.flush() == data[10:])
zd = zlib.compressobj(zdict=b"hello ")
small = zd.compress(b"hello hello") + zd.flush()
print(zlib.decompressobj(zdict=b"hello ").decompress(small))
for bad in ["zlib.decompress(b'junk')", "zlib.decompress(c[:-5])", "zlib.decompress(b'')", "zlib.compress('text')", "zlib.compress(b'', 99)", "zlib.decompress(c[:20] + b'x' + c[21:])", "zlib.decompressobj().decompress(small)", "gzip.decompress(b'junk')", "gzip.decompress(gzip.compress(data)[:-3])", "zlib.decompressobj().decompress(b'', -1)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
g = gzip.compress(data, mtime=0)
print(g[:4], gzip.decompress(g) == data, gzip.decompress(g + gzip.compress(b"two")) == data + b"two")
with gzip.open("x.gz", "wt", encoding="utf-8") as f:
    f.write("line é\n" * 3)
with gzip.open("x.gz", "rt", encoding="utf-8") as f:
    print(f.readline(), list(f))
buf = io.BytesIO()
with gzip.GzipFile("name", "wb", fileobj=buf, mtime=5) as f:
    f.write(data)
buf.seek(0)
with gzip.GzipFile(fileobj=buf) as f:
    print(f.read(5), f.seek(6000), f.read(3), f.mtime)
