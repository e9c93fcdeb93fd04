class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


a = Loud("a")
b = a
del a
print("b keeps it")
del b
c = [Loud("c0"), Loud("c1")]
del c[0]
print("one left")
c.clear()


def scope():
    local = Loud("local")
    print("in scope")


scope()
Loud("temporary")
x = Loud("old")
x = Loud("new")
d = {"k": Loud("d")}
d.pop("k")
try:
    y = Loud("in try")
    raise ValueError
except ValueError:
    del y
print("end")
del x
