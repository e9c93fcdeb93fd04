data = bytearray(range(12))
m = memoryview(data)
print(m[0], m[-1], bytes(m[2:5]), m.nbytes, m.format, m.itemsize, m.shape, m.strides, m.readonly, m.contiguous)
m[0] = 99
m[1:3] = b"xy"
print(data, m[::2].tolist(), m[::-1].tolist()[:3])
w = m.cast("I")
print(w.shape, w.itemsize, w[1] == int.from_bytes(bytes(data[4:8]), "little"))
grid = m.cast("B", (3, 4))
print(grid.shape, grid.tolist(), grid[1, 2], grid.ndim)
print(m == data, m[:2] == b"c" + b"x", memoryview(b"ab") == memoryview(bytearray(b"ab")), m.hex()[:8])
with memoryview(b"abc") as t:
    print(t.tobytes(), t.readonly, t.obj)
for bad in ["t[0]", "memoryview(b'abc').__setitem__(0, 1)", "m.__setitem__(0, 256)", "m.__setitem__(0, 'a')", "m[99]", "m.__setitem__(slice(0, 2), b'xyz')", "memoryview('a')", "memoryview(5)", "m.cast('Z')", "m.cast('Q').cast('I')", "m.cast('B', (5, 5))", "grid[3, 0]", "grid[0]", "m[::2].cast('B')", "w.__setitem__(0, -1)", "w.__setitem__(0, 2**32)", "m['a']", "hash(m)", "m.cast('d')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
import array

f = memoryview(array.array("d", [1.5, 2.5]))
print(f.format, f.tolist(), f.nbytes, f[1])
f[0] = 9
print(f.obj.tolist(), f.cast("B")[0], f.toreadonly().readonly, f.index(2.5), f.count(9.0))
