import ctypes

try:
    ctypes.CDLL("/lib/libc.so.6")
    print("no error")
except BaseException as error:
    print(type(error).__name__)
