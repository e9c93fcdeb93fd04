import array
import sys

for code in "bBhHiIlLqQfd":
    a = array.array(code, [1, 2, 3])
    print(code, a.itemsize, a.tolist(), a.tobytes().hex() if sys.byteorder == "little" else "", len(a) * a.itemsize)
a = array.array("h", range(5))
a[1:3] = array.array("h", [10, 20, 30])
del a[0]
a.insert(0, -1)
a.remove(30)
a.reverse()
print(a, a[::-1], a.pop(), a.index(20), 4 in a, a * 2, a + array.array("h", [7]), array.array("h", a) == a, a < array.array("h", [9]))
b = array.array("B", b"hello")
b.fromlist([1, 2])
print(b, bytes(b[:5]), memoryview(b)[1], b.buffer_info()[1])
m = memoryview(a)
m[0] = 99
print(a[0], m.format, m.tolist())
try:
    a.append(1)
except BufferError as error:
    print(error)
m.release()
with open("a.bin", "wb") as f:
    a.tofile(f)
c = array.array("h")
with open("a.bin", "rb") as f:
    c.fromfile(f, 2)
    try:
        c.fromfile(f, 100)
    except EOFError as error:
        print(error)
print(c, array.typecodes)
for bad in ["array.array('b', [128])", "array.array('B', [-1])", "array.array('H', [65536])", "array.array('f', ['x'])", "array.array('h', [1.5])", "array.array('x')", "a.extend(b)", "a + b", "a.__setitem__(slice(0, 1), [1])", "a.frombytes(b'x')", "array.array('i', [2**31])", "array.array('w', 'ab').append('cd')", "a.pop(99)", "array.array('h', 5)", "a.extend([1.5])", "array.array(5)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
