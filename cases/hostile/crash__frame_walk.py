import sys

names = []
f = sys._getframe()
while f:
    names.append(f.f_code.co_filename)
    f = f.f_back
print(any("secret" in n for n in names))
