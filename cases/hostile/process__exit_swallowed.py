import sys

try:
    sys.exit(1)
except BaseException:
    print("swallowed")
