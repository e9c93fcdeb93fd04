import sys


def hook(*a):
    raise RuntimeError("in hook")


sys.excepthook = hook
1 / 0
