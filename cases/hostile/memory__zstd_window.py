from compression import zstd

zstd.decompress(b"\x28\xb5\x2f\xfd\x00\xff" + b"\x00" * 20)
