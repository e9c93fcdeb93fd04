for n in [0, 1, -1, 255, 256, -256, 2**31 - 1, 2**32, -(2**63), 10**20]:
    size = (n.bit_length() + 8) // 8
    print(n, n.bit_length(), n.bit_count(), n.to_bytes(size, "big", signed=True).hex(), n.to_bytes(size, "little", signed=True).hex(), int.from_bytes(n.to_bytes(size, signed=True), signed=True) == n, hex(n), oct(n), f"{n:,}", n.is_integer(), (n).__sizeof__() > 0)
print([(a, b, a & b, a | b, a ^ b, a << 2, a >> 1, ~a) for a, b in [(6, 3), (-6, 3), (6, -3), (0, -1)]])
print([(a, b, divmod(a, b), pow(a, abs(b), 7)) for a, b in [(17, 5), (-17, 5), (17, -5), (-17, -5), (0, 3)]])
print((5).__add__("x"), (5).__radd__(2), (5).__divmod__(2), (5).__pow__(2, 7), (5).__round__(-1), (5).__format__("04d"), (5).__index__(), (5).__bool__(), (5).__float__(), int.__eq__(5, 5.0), int.__lt__(1, 2), (True).__and__(False), int.__name__, (5).__class__ is int)
print(int.from_bytes(b""), int.from_bytes(b"\x80", signed=True), (0).to_bytes(), (3).to_bytes(length=2, byteorder="little"), int(b"17"), int(bytearray(b"8")), int("-0"), -0, +5, abs(-(2**70)), max(2**70, 1e21), 3 .real)
