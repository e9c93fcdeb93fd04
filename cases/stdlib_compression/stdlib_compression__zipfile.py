import io
import zipfile

buf = io.BytesIO()
with zipfile.ZipFile(buf, "w") as z:
    z.writestr(zipfile.ZipInfo("stored.txt", (2020, 1, 2, 3, 4, 6)), "stored é")
    for name, method in (("deflated.txt", zipfile.ZIP_DEFLATED), ("bz.txt", zipfile.ZIP_BZIP2), ("xz.txt", zipfile.ZIP_LZMA), ("zs.txt", zipfile.ZIP_ZSTANDARD)):
        z.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), "data " * 200, compress_type=method)
    z.mkdir("dir")
    z.writestr("dir/inner.txt", "inner")
    z.comment = b"comment"
with zipfile.ZipFile(buf) as z:
    print(z.namelist(), z.testzip(), z.comment, z.read("stored.txt").decode(), len(z.read("bz.txt")), z.read("zs.txt") == z.read("xz.txt"))
    i = z.getinfo("stored.txt")
    print(i.date_time, i.file_size, i.CRC, i.is_dir(), i.compress_type, z.getinfo("dir/").is_dir(), [x.compress_size < x.file_size for x in z.infolist()])
    with z.open("deflated.txt") as f:
        print(f.read(9), f.seek(20), f.readline()[:5])
    z.extractall("out")
    p = zipfile.Path(z)
    print(sorted(c.name for c in p.iterdir()), (p / "dir" / "inner.txt").read_text(), (p / "nope").exists())
    try:
        z.read("nope")
    except KeyError as error:
        print(error)
import os

print(sorted(os.listdir("out")), open("out/dir/inner.txt").read())
for bad in (b"", b"PK junk", buf.getvalue()[:50]):
    try:
        zipfile.ZipFile(io.BytesIO(bad))
    except zipfile.BadZipFile as error:
        print(error)
broken = bytearray(buf.getvalue())
broken[45] ^= 0xFF
z = zipfile.ZipFile(io.BytesIO(broken))
try:
    print(z.testzip())
    z.read("stored.txt")
except zipfile.BadZipFile as error:
    print(error)
evil = io.BytesIO()
with zipfile.ZipFile(evil, "w") as z:
    z.writestr("../escape.txt", "x")
    z.writestr("/abs.txt", "y")
with zipfile.ZipFile(evil) as z:
    print([os.path.relpath(z.extract(n, "safe")) for n in z.namelist()], os.path.exists("escape.txt"))
with zipfile.ZipFile("app.zip", "w") as z:
    z.writestr("mod_in_zip.py", "VALUE = 42\ndef f(): return __name__")
import sys

sys.path.insert(0, os.path.abspath("app.zip"))
import mod_in_zip

print(mod_in_zip.VALUE, mod_in_zip.f(), zipfile.is_zipfile("app.zip"), zipfile.is_zipfile(__file__) if os.path.exists(__file__) else False)
del sys.modules["mod_in_zip"]
