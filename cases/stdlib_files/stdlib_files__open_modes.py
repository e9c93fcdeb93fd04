import os

with open("a.txt", "w") as f:
    print(f.write("line 1\nline 2\n"), f.tell(), f.name, f.mode, f.closed, f.encoding.lower().replace("-", ""), f.writable(), f.readable(), f.seekable())
    print("printed", 3, file=f)
    f.writelines(["x\n", "y"])
print(f.closed, open("a.txt").read().splitlines())
with open("a.txt") as f:
    print(f.readline(), f.readlines(1), list(f), f.read(), f.readline() == "")
with open("a.txt", "a") as f:
    f.write("\nappended")
with open("a.txt", "r+") as f:
    f.write("LINE")
    f.seek(0, os.SEEK_END)
    print(f.tell())
    f.seek(0)
    print(f.read(6))
    f.truncate(10)
print(open("a.txt").read(), os.path.getsize("a.txt"))
with open("b.bin", "wb+") as f:
    f.write(bytes(range(10)))
    f.seek(-3, 2)
    print(f.read(), f.seek(2, 0), f.read(2), f.seek(1, 1), f.read(1), f.tell())
    f.seek(20)
    f.write(b"!")
print(open("b.bin", "rb").read())
with open("x.txt", "x") as f:
    f.write("exclusive")
with open("crlf.txt", "w", newline="\r\n") as f:
    f.write("a\nb\n")
print(open("crlf.txt", "rb").read(), open("crlf.txt").read(), open("crlf.txt", newline="").read())
open("u.txt", "w", encoding="utf-16").write("é")
print(open("u.txt", "rb").read(), open("u.txt", encoding="utf-16").read())
for bad in ["open('x.txt', 'x')", "open('nope')", "open('nope/x', 'w')", "open('a.txt', 'q')", "open('a.txt', 'rw')", "open('a.txt', 'rb', encoding='x')", "open('.')", "open('.', 'w')", "open('')", "open('a.txt', 'w').read()", "open('a.txt').write('x')", "open('u.txt', encoding='ascii').read()", "open('a.txt', encoding='nope')", "open('a\\0b')", "open('a.txt', 'rb').write(b'x')", "open('a.txt', 'wb').write('x')", "open('a.txt', buffering=0)", "f.read()", "open(-1)", "open(99)", "open('a.txt/b')", "open('a.txt', newline='x')", "open('crlf.txt').seek(1, 1)"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
