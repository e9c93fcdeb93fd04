import builtins

old_import = builtins.__import__


def spy(name, globals=None, locals=None, fromlist=(), level=0):
    print("importing", name, fromlist)
    return old_import(name, globals, locals, fromlist, level)


import colorsys
import os.path

builtins.__import__ = spy
exec("import colorsys\nfrom colorsys import rgb_to_hsv as r, hls_to_rgb\nimport os.path as p")
builtins.__import__ = old_import
print(colorsys.rgb_to_hsv(1, 0, 0), [round(v, 6) for v in colorsys.hls_to_rgb(0.5, 0.5, 0.5)], colorsys.rgb_to_yiq(0, 0, 0))
print(__import__("os.path").__name__, __import__("os.path", fromlist=["join"]).__name__.endswith("path"))
for bad in ["__import__('')", "__import__(5)", "__import__('json', level=-1)", "__import__('x', level=1)", "__import__('json', globals={'__package__': 5}, level=1)"]:
    try:
        eval(bad)
        print("ok")
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
