try:
    eval("1" * 100000)
    print("no error")
except BaseException as error:
    print(type(error).__name__)
