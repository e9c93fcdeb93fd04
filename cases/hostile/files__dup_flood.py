import os

while True:
    os.dup(0)
