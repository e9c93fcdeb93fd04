import sys


def tracer(*a):
    while True:
        pass


sys.settrace(tracer)
(lambda: 0)()
