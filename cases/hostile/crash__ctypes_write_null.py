import ctypes

ctypes.memset(0, 0xFF, 1 << 16)
