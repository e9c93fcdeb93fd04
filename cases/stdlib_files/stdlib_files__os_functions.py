import os
import stat

os.mkdir("d")
os.makedirs("d/e/f")
os.makedirs("d/e/f", exist_ok=True)
open("d/file.txt", "w").write("12345")
print(sorted(os.listdir("d")), os.path.exists("d/e"), os.path.isdir("d"), os.path.isfile("d/file.txt"), os.path.getsize("d/file.txt"), os.path.islink("d"))
with os.scandir("d") as it:
    print(sorted((e.name, e.is_dir(), e.is_file(), e.path) for e in it))
s = os.stat("d/file.txt")
print(stat.S_ISREG(s.st_mode), s.st_size, stat.S_ISDIR(os.stat("d").st_mode), s.st_nlink)
os.rename("d/file.txt", "d/new.txt")
os.replace("d/new.txt", "d/e/moved.txt")
os.symlink("moved.txt", "d/e/link")
print(os.readlink("d/e/link"), open("d/e/link").read(), os.path.islink("d/e/link"), os.path.realpath("d/e/link").endswith("moved.txt"), os.lstat("d/e/link").st_size)
for root, dirs, files in os.walk("d"):
    dirs.sort()
    print(root, dirs, sorted(files))
print([(r, d) for r, d, f in os.walk("d", topdown=False)][-1])
os.truncate("d/e/moved.txt", 2)
os.utime("d/e/moved.txt", (1000, 2000))
print(os.stat("d/e/moved.txt").st_mtime, os.stat("d/e/moved.txt").st_size, os.access("d", os.R_OK), os.path.getmtime("d/e/moved.txt"))
os.chmod("d/e/moved.txt", 0o644)
print(oct(os.stat("d/e/moved.txt").st_mode & 0o777))
fd = os.open("low.txt", os.O_RDWR | os.O_CREAT)
print(os.write(fd, b"hello"), os.lseek(fd, 1, 0), os.read(fd, 3), os.fstat(fd).st_size, os.isatty(fd), os.pread(fd, 2, 0), os.pwrite(fd, b"J", 0))
os.ftruncate(fd, 3)
dup = os.dup(fd)
os.close(fd)
print(os.read(dup, 5), os.lseek(dup, 0, 2))
os.close(dup)
for bad in ["os.mkdir('d')", "os.rmdir('d')", "os.remove('d')", "os.remove('nope')", "os.listdir('nope')", "os.listdir('low.txt')", "os.rename('nope', 'x')", "os.rmdir('low.txt')", "os.stat('nope')", "os.close(fd)", "os.read(fd, 1)", "os.readlink('low.txt')", "os.symlink('x', 'd/e/link')", "os.makedirs('d/e')", "os.open('nope', os.O_RDONLY)", "os.open('low.txt', os.O_CREAT | os.O_EXCL)", "os.mkdir('a/b/c')", "os.chdir('nope')", "os.truncate('nope', 1)", "os.rename('d', 'd/e/x')", "os.stat('\\0')", "os.stat('low.txt/x')"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
os.remove("d/e/link")
os.unlink("d/e/moved.txt")
os.removedirs("d/e/f")
print(os.path.exists("d"), sorted(os.listdir()))
