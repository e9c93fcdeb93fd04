"""Moves and fills of every short length: what the C library does in pieces of several sizes."""

import zlib

SIZE = 420
start = bytes((i * 7 + i // 256) % 256 for i in range(SIZE))

faults = 0
seen = 0
for length in [*range(150), 191, 192, 193, 255, 256, 257]:
    for source, target in ((0, 0), (0, 1), (1, 0), (5, 22), (22, 5), (0, 63), (64, 0), (3, 68), (100, 101), (101, 100)):
        buffer = bytearray(start)
        view = memoryview(buffer)
        view[target : target + length] = view[source : source + length]
        expected = list(start)
        expected[target : target + length] = [start[source + i] for i in range(length)]
        faults += list(buffer) != expected
        seen = zlib.crc32(buffer, seen)
print("moves:", faults, "wrong,", f"{seen:08x}")

faults = 0
for length in [*range(300), 1000, 4095, 4096, 4097]:
    filled = bytearray(b"\xa5") * length
    faults += [byte for byte in filled] != [0xA5] * length
    frame = bytearray(b"<") + bytearray(b"\x5a") * length + bytearray(b">")
    faults += frame[0] != 60 or frame[-1] != 62 or len(frame) != length + 2
print("fills:", faults, "wrong")

faults = 0
for length in range(1, 200):
    grown = bytearray(range(256))
    for step in range(3):
        grown[step:step] = b"\0" * length
    shrunk = bytearray(grown)
    del shrunk[2 : 2 + length]
    faults += len(grown) != 256 + 3 * length or grown[-254:] != bytes(range(2, 256))
    faults += shrunk != grown[:2] + grown[2 + length :]
print("inserted and deleted:", faults, "wrong")
