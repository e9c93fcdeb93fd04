import shutil

try:
    shutil.rmtree("/")
    print("no error")
except BaseException as error:
    print(type(error).__name__)
