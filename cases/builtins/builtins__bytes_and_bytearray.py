b = b"hello \x00\xff"
print(b, b[0], b[1:3], len(b), list(b[:3]), b.hex(), b.hex(":", 2), bytes.fromhex("de ad BE ef"))
print(bytes(3), bytes([1, 2]), bytes("é", "utf-8"), bytes(bytearray(b"x")), b"a" + b"b", b"ab" * 2, b"l" in b, 104 in b)
print(b.find(b"l"), b.replace(b"l", b"L"), b.split(), b"a,b".split(b","), b" x ".strip(), b"AbC".swapcase(), b"abc".title(), b"%d-%s-%r" % (5, b"x", "y"))
print(b"a\nb\r\nc".splitlines(), b"abc".translate(bytes.maketrans(b"ab", b"xy"), b"c"), b"x".join([b"1", b"2"]), b"abc".partition(b"b"))
a = bytearray(b"abc")
a.append(100)
a.extend(b"ef")
a[0] = 65
a[1:3] = b"ZZZ"
del a[-1]
a.insert(0, 33)
print(a, a.pop(), a.pop(0), a.reverse(), a)
a += b"!"
a *= 2
print(a, bytes(a).decode(), a.upper(), a == b"dZZZA!dZZZA!")
for bad in ["bytes([256])", "bytes([-1])", "bytes('x')", "bytes(-1)", "bytes(['a'])", "b'a' + 'b'", "b'a'[5]", "b'x' in 'y'", "'x' in b'y'", "300 in b'x'", "bytes.fromhex('xy')", "bytes.fromhex('abc')", "bytes(1.5)", "a.append(256)", "a.remove(1)", "bytearray().pop()", "b'a'.join(['x'])", "b'%d' % 'x'", "b'abc'.index(b'z')", "b''.decode('nope')", "b'\\xff'.decode()", "bytes('a', 'b', 'c', 'd')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
v = memoryview(a)
try:
    a.append(1)
except BufferError as error:
    print(error)
v.release()
a.clear()
print(a, bytearray(b"ab").isalpha(), b"12".isdigit(), b"\xe9".isalpha())
