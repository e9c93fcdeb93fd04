import builtins

builtins.print, keep = 5, print
builtins.print = keep
print("alive")
