import os

os.makedirs("a/b")
os.rename("a", "a/b/c")
