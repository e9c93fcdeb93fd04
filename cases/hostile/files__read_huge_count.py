import os

open("f", "w").write("x")
os.read(os.open("f", os.O_RDONLY), 2**31 - 1)
