"""Files that are changed, removed, renamed and replaced while they are open."""
import os

with open("log", "a+") as log, open("log", "a") as second:
    for number in range(3):
        print("first", number, file=log, flush=True)
        print("second", number, file=second, flush=True)
    log.seek(0)
    print(log.read(), end="")

file = open("gone", "w+b")
file.write(b"0123456789" * 10_000)
file.flush()
os.unlink("gone")
print(os.path.exists("gone"), os.fstat(file.fileno()).st_size)
file.seek(50_000)
print(file.read(12))
file.write(b"and more")
file.seek(0, os.SEEK_END)
file.write(b"end")
print(file.tell())
file.close()

with open("old", "w") as file:
    file.write("old content")
reader = open("old")
with open("new", "w") as file:
    file.write("new")
os.replace("new", "old")
print(reader.read(), open("old").read(), os.path.exists("new"))
reader.close()

fd = os.open("flags", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
print(os.write(fd, b"x" * 200_000), os.pwrite(fd, b"middle", 100_000), os.pread(fd, 8, 99_999))
os.ftruncate(fd, 100_003)
print(os.fstat(fd).st_size, os.pread(fd, 10, 99_998))
os.ftruncate(fd, 300_000)
print(os.pread(fd, 5, 100_001), os.lseek(fd, 0, os.SEEK_END))
os.fsync(fd)
os.close(fd)
try:
    os.open("flags", os.O_CREAT | os.O_EXCL)
except FileExistsError as error:
    print(error.strerror)
os.close(os.open("flags", os.O_WRONLY | os.O_TRUNC))
print(os.path.getsize("flags"))

with open("holes", "wb") as file:
    file.seek(1_000_000)
    file.write(b"!")
with open("holes", "rb") as file:
    content = file.read()
print(len(content), content.count(0), content[-1:])

os.utime("holes", (1_000_000, 2_000_000))
print(os.stat("holes").st_mtime)
os.chmod("holes", 0o400)
print(oct(os.stat("holes").st_mode & 0o777))
os.chmod("holes", 0o644)
print(sorted(os.listdir()))
