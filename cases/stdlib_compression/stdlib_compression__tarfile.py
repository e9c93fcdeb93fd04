import io
import os
import tarfile

os.makedirs("src/sub")
open("src/a.txt", "w").write("alpha")
open("src/sub/b.txt", "w").write("beta" * 100)
for mode, ext in (("w", "tar"), ("w:gz", "tgz"), ("w:bz2", "tbz"), ("w:xz", "txz"), ("w:zst", "tzst")):
    with tarfile.open("x." + ext, mode) as t:
        t.add("src", arcname="root")
    with tarfile.open("x." + ext) as t:
        print(ext, sorted(t.getnames()), t.extractfile("root/sub/b.txt").read()[:8], t.getmember("root").isdir())
buf = io.BytesIO()
with tarfile.open(fileobj=buf, mode="w") as t:
    for name, kind, link in (("f.txt", tarfile.REGTYPE, ""), ("ln", tarfile.SYMTYPE, "f.txt"), ("d", tarfile.DIRTYPE, "")):
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.mtime, info.mode, info.uname = kind, link, 1000, 0o640, "ann"
        data = b"data" if kind == tarfile.REGTYPE else b""
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
buf.seek(0)
with tarfile.open(fileobj=buf) as t:
    for m in t:
        print(m.name, m.type, m.size, oct(m.mode), m.mtime, m.uname, m.linkname)
    t.extractall("out", filter="data")
print(sorted(os.listdir("out")), open("out/ln").read())
for name, link in (("../evil", ""), ("/abs", ""), ("l", "/etc/passwd"), ("l", "../../x")):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode="w") as t:
        info = tarfile.TarInfo(name)
        if link:
            info.type, info.linkname = tarfile.SYMTYPE, link
        t.addfile(info)
    b.seek(0)
    with tarfile.open(fileobj=b) as t:
        try:
            t.extractall("safe", filter="data")
            print("extracted", name)
        except tarfile.FilterError as error:
            print(type(error).__name__)
for bad in (b"", b"junk" * 200):
    try:
        tarfile.open(fileobj=io.BytesIO(bad))
    except tarfile.ReadError as error:
        print(str(error).splitlines()[0])
print(tarfile.is_tarfile("x.tar"))
