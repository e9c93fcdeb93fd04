import fileinput
import linecache

open("one.txt", "w").write("1a\n1b\n")
open("two.txt", "w").write("2a\n2b\n2c")
with fileinput.input(("one.txt", "two.txt")) as f:
    for line in f:
        if f.isfirstline():
            print("file", f.filename())
        if f.filename() == "two.txt" and f.filelineno() == 2:
            f.nextfile()
        print(f.lineno(), f.filelineno(), repr(line), f.isstdin())
with fileinput.input("one.txt", inplace=True, backup=".bak") as f:
    for line in f:
        print(line.upper(), end="")
print(repr(open("one.txt").read()), repr(open("one.txt.bak").read() if __import__("os").path.exists("one.txt.bak") else None))
with fileinput.FileInput(["one.txt"], encoding="utf-8", openhook=None) as f:
    print(f.readline(), f.lineno(), list(f))
for bad in (lambda: fileinput.input(inplace=True, mode="x"), lambda: list(fileinput.input("missing.txt"))):
    try:
        bad()
    except (ValueError, OSError) as error:
        print(type(error).__name__, str(error)[:60])
fileinput.close()
print(linecache.getline("two.txt", 1), linecache.getline("two.txt", 0) == "", linecache.getline("two.txt", 99) == "", len(linecache.getlines("two.txt")))
open("two.txt", "w").write("changed, and of another length\n")
print(linecache.getline("two.txt", 1), end="")
linecache.checkcache("two.txt")
print(linecache.getline("two.txt", 1), end="")
linecache.lazycache("fake", {"__name__": "x"})
print(linecache.getline("fake", 1) == "")
