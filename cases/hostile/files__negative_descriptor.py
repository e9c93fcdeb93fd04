import os

os.read(-5, 10)
