import fcntl

fcntl.ioctl(1, 0x5413, b"\0" * 8)
