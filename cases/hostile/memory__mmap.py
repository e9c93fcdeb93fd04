import mmap

mmap.mmap(-1, 2**31 - 1)
