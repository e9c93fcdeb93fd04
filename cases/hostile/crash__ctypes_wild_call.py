import ctypes

ctypes.CFUNCTYPE(None)(0x7FFFFFFF)()
