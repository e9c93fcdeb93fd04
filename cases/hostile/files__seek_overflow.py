import os

fd = os.open("f", os.O_RDWR | os.O_CREAT)
for where in (2**63 - 1, 2**62):
    try:
        os.lseek(fd, where, 0)
        os.write(fd, b"xx")
        print("wrote")
    except (OSError, OverflowError, ValueError, MemoryError):
        print("refused")
