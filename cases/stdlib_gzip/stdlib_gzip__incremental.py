import gzip
import io
import zlib

lines = [f"line {i}\n".encode() for i in range(100)]
raw = io.BytesIO()
with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as g:
    for l in lines:
        g.write(l)
    print(g.tell(), g.writable())
data = raw.getvalue()
d = zlib.decompressobj(wbits=31)
out = b""
for i in range(0, len(data), 17):
    out += d.decompress(data[i : i + 17])
print(out == b"".join(lines), d.eof, d.unused_data)
with gzip.open(io.BytesIO(data)) as g:
    print(g.readline(), g.read(5), g.seek(0), next(g), sum(1 for _ in g), g.peek(1))
with gzip.open(io.BytesIO(data + data)) as g:
    print(len(g.read()), g.readable())
for bad in (b"", b"\x1f\x8b", data[:20], data[:-4] + b"\0\0\0\0", b"\x1f\x8b\x07" + data[3:], data + b"junk"):
    try:
        print(len(gzip.decompress(bad)))
    except (EOFError, OSError, zlib.error) as error:
        print(type(error).__name__, error)
open("x.txt.gz", "wb").write(data)
print(gzip.open("x.txt.gz", "rt").readline(), gzip.GzipFile("x.txt.gz").name)
