import os

os.mknod("dev", 0o20666, 0)
