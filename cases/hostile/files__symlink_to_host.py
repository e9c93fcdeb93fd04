import os

os.symlink("/etc/passwd", "p")
open("p")
