import os
import stat

for mode in (0o100644, 0o40755, 0o120777, 0o104755, 0o41777, 0o20666, 0o10600, 0o140000, 0o100000):
    print(oct(mode), stat.filemode(mode), oct(stat.S_IMODE(mode)), oct(stat.S_IFMT(mode)), [n for n in ("S_ISREG", "S_ISDIR", "S_ISLNK", "S_ISCHR", "S_ISFIFO", "S_ISSOCK") if getattr(stat, n)(mode)])
open("f", "w").close()
os.mkdir("d")
os.symlink("f", "l")
print([stat.filemode(os.lstat(p).st_mode)[0] for p in "fdl"], stat.S_IRUSR | stat.S_IXOTH, stat.ST_SIZE, os.stat("f")[stat.ST_SIZE])
os.chmod("f", 0o400)
print(stat.filemode(os.stat("f").st_mode), os.stat("f").st_mode & stat.S_IWUSR)
