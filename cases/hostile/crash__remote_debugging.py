import sys

try:
    sys.remote_exec(1, "/tmp/x.py")
    print("accepted")
except BaseException as error:
    print("refused")
