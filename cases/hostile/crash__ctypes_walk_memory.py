import ctypes

for a in range(0, 2**32, 1 << 16):
    ctypes.memset(a, 0, 1 << 16)
