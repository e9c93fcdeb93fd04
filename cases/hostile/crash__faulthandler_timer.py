import faulthandler

try:
    faulthandler.dump_traceback_later(0.01)
    print("no error")
except BaseException as error:
    print(type(error).__name__)
