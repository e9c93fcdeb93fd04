import os

try:
    open(os.__file__, "w")
    print("no error")
except BaseException as error:
    print(type(error).__name__)
