import struct

struct.pack_into("<I", bytearray(4), 2**31 - 1, 1)
