import os

f = open("f", "w+")
f.write("kept")
f.flush()
os.remove("f")
f.seek(0)
print(f.read(), os.path.exists("f"))
