import os

while True:
    os.path.exists("/")
