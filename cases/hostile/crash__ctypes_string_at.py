import ctypes

ctypes.string_at(0xFFFFFFF0, 64)
