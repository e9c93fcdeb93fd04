"""`hashlib`, `base64`, `zlib` and `struct`: C code on bytes."""

import base64
import hashlib
import struct
import zlib

SMALL, LARGE = 20, 600


def run(n):
    block = bytes(range(256)) * 16
    digest = hashlib.sha256()
    size = 0
    for i in range(n):
        digest.update(block)
        packed = zlib.compress(block + struct.pack("<IdH", i, i / 3, i & 0xFFFF), 6)
        size += len(base64.b64encode(zlib.decompress(packed)))
    return digest.hexdigest()[:16], size
