import filecmp
import fileinput
import os
import shutil
import tempfile

os.makedirs("src/sub")
open("src/a.txt", "w").write("a")
open("src/sub/b.txt", "w").write("b")
print(shutil.copy("src/a.txt", "copy.txt"), shutil.copytree("src", "dst"), sorted(os.listdir("dst")), shutil.move("copy.txt", "dst/sub"), sorted(os.listdir("dst/sub")))
shutil.copytree("src", "dst", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.txt"))
c = filecmp.dircmp("src", "dst/")
print(filecmp.cmp("src/a.txt", "dst/a.txt"), c.common, c.left_only, c.subdirs["sub"].right_only, filecmp.cmpfiles("src", "dst", ["a.txt", "nope"]))
print(os.path.basename(shutil.make_archive("arch", "zip", "src")), os.path.basename(shutil.make_archive("arch", "gztar", "src")))
shutil.unpack_archive("arch.zip", "unz")
print(sorted(os.listdir("unz")))
shutil.rmtree("dst")
print(os.path.exists("dst"), shutil.which("no-such-program"))
for bad in ["shutil.copy('nope', 'x')", "shutil.copytree('src', 'unz')", "shutil.rmtree('nope')", "shutil.copyfile('src/a.txt', 'src/a.txt')", "shutil.unpack_archive('src/a.txt')", "shutil.make_archive('x', 'nope')", "shutil.move('nope', 'x')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {str(error).split('/home')[0]}")
with tempfile.TemporaryDirectory(dir=".") as d:
    p = os.path.join(d, "x")
    open(p, "w").write("t")
    print(os.path.exists(p))
print(os.path.exists(p))
with tempfile.NamedTemporaryFile("w+", suffix=".txt", prefix="pre", dir=".") as f:
    f.write("data")
    f.seek(0)
    print(f.read(), os.path.basename(f.name).startswith("pre"), f.name.endswith(".txt"), os.path.exists(f.name))
print(os.path.exists(f.name))
with tempfile.SpooledTemporaryFile(max_size=4, dir=".") as s:
    s.write(b"abc")
    print(s._rolled)
    s.write(b"def")
    s.seek(0)
    print(s._rolled, s.read())
fd, name = tempfile.mkstemp(dir=".")
os.close(fd)
print(os.path.getsize(name))
open("in1", "w").write("one\ntwo\n")
open("in2", "w").write("three\n")
with fileinput.input(["in1", "in2"]) as f:
    for line in f:
        print(f.filename(), f.lineno(), f.filelineno(), line.strip())
for line in fileinput.input("in1", inplace=True):
    print(line.upper(), end="")
print(open("in1").read())
src, dst = open("in1", "rb"), open("out", "wb")
shutil.copyfileobj(src, dst, 2)
dst.close()
print(os.path.getsize("out"))
