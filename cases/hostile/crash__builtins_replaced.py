__builtins__ = {}
try:
    eval("len([])", {"__builtins__": {}})
except NameError as error:
    print(error)
