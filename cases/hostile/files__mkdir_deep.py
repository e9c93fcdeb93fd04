import os

try:
    [os.mkdir("d") or os.chdir("d") for _ in range(100000)]
    print("no error")
except BaseException as error:
    print(type(error).__name__)
