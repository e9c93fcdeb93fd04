import builtins

old = builtins.__import__


def hook(*a, **k):
    import json

    return old(*a, **k)


builtins.__import__ = hook
try:
    import json
finally:
    builtins.__import__ = old
