import mmap
import os

open("m.bin", "wb").write(b"0123456789" * 10)
with open("m.bin", "r+b") as f:
    m = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
    print(len(m), m[:5], m[10], m.find(b"9"), m.rfind(b"0"), m.readline()[:4], m.tell(), m.size(), m.closed)
    m.seek(3)
    print(m.read(4), m.read_byte(), [b for b in m[:3]], b"345" in m)
    for bad in ["m.__setitem__(0, 65)", "m[1000]", "m.seek(-1)", "m.write(b'x')"]:
        try:
            print(eval(bad))
        except Exception as error:
            print(f"{bad} -> {type(error).__name__}: {error}")
    m.close()
    try:
        m[0]
    except ValueError as error:
        print(error)
a = mmap.mmap(-1, 20)
a[:5] = b"hello"
a.move(10, 0, 5)
print(a[:], a.find(b"hello", 1))
a.close()
for bad in ["mmap.mmap(-1, 0)", "mmap.mmap(-1, -5)", "mmap.mmap(99, 5)", "mmap.mmap('x', 5)"]:
    try:
        eval(bad)
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}")
print(mmap.ACCESS_READ, mmap.PAGESIZE > 0)
