import sys

print(sys.getrefcount(None) > 100)
