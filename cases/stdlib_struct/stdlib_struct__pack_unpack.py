import struct

print(struct.pack("<bBhHiIqQ", -1, 255, -2, 65535, -3, 4, -5, 6), struct.pack(">fd", 1.5, -2.25), struct.pack("5s3sp", b"abc", b"toolong", b""), struct.pack("?c", True, b"x"), struct.pack("<3xi", 7), struct.pack("!e", 0.5), struct.pack("<n" if False else "<i", 5))
print(struct.unpack("<hh", b"\x01\x00\x02\x00"), struct.unpack(">2s?", b"ab\x01"), struct.calcsize("<bi"), struct.calcsize("bi"), struct.calcsize("P"), struct.calcsize("@l"), struct.calcsize("0i") , list(struct.iter_unpack("<H", b"\x01\x00\x02\x00")), struct.unpack_from("<I", b"xx\x01\x00\x00\x00", 2))
buf = bytearray(8)
struct.pack_into("<I", buf, 2, 0xDEADBEEF)
s = struct.Struct(">IH")
print(buf, s.size, s.format, s.unpack(s.pack(1, 2)), s.unpack_from(b"\0" * 10, 4), struct.unpack("<f", struct.pack("<f", 0.1))[0], struct.pack(">d", float("nan")).hex(), struct.pack("5p", b"abcdefg"), struct.pack("<F", 1 + 2j) if False else "")
for bad in ["struct.pack('b', 128)", "struct.pack('B', -1)", "struct.pack('i', 'a')", "struct.pack('i')", "struct.pack('i', 1, 2)", "struct.pack('z', 1)", "struct.unpack('i', b'abc')", "struct.pack('s', 'text')", "struct.pack('c', b'ab')", "struct.pack_into('i', buf, 6, 1)", "struct.unpack_from('i', buf, 99)", "struct.pack('f', 1e39)", "struct.pack('e', 70000)", "struct.calcsize('99999999999999999999i')", "struct.pack('<P', 1)", "list(struct.iter_unpack('<H', b'abc'))", "struct.pack('i', 1.5)", "struct.pack('3', 1)", "struct.Struct(5)", "struct.pack('q', 2**63)", "struct.unpack('2147483647s2147483647s2147483647s', b'')", "struct.pack_into('b', b'x', 0, 1)", "struct.unpack_from('b', buf, -99)", "struct.pack('H', 1 << 16)"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
header = struct.pack(">4sHBB", b"HEAD", 513, 2, 3)
magic, *rest = struct.unpack(">4sHBB", header)
print(magic, rest, int.from_bytes(header[4:6]))
