import gc
import weakref


class A:
    def __init__(self, n):
        self.n = n

    def m(self):
        return self.n


a = A(1)
dead = []
r = weakref.ref(a, lambda ref: dead.append("ref"))
p = weakref.proxy(a, lambda ref: dead.append("proxy"))
wm = weakref.WeakMethod(a.m)
f = weakref.finalize(a, dead.append, "finalize")
print(r() is a, p.n, wm()(), f.alive, weakref.getweakrefcount(a), r == weakref.ref(a), hash(r) == hash(a))
vd, kd, ws = weakref.WeakValueDictionary(), weakref.WeakKeyDictionary(), weakref.WeakSet()
vd["k"], kd[a] = a, "v"
ws.add(a)
print(len(vd), len(kd), len(ws), a in ws, vd["k"] is a, list(kd.values()))
del a
gc.collect()
print(r(), wm(), f.alive, sorted(dead), len(vd), len(kd), len(ws))
try:
    p.n
except ReferenceError as error:
    print(error)
for bad in ["weakref.ref(5)", "weakref.ref('a')", "weakref.ref([])", "weakref.proxy(None)", "weakref.ref(object())", "vd['k']", "weakref.WeakMethod(len)", "hash(weakref.ref(type('T', (), {'__hash__': None})()))"]:
    try:
        eval(bad)
        print(bad, "ok")
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


class Cache:
    live = weakref.WeakValueDictionary()

    @classmethod
    def get(cls, k):
        if (o := cls.live.get(k)) is None:
            o = cls.live[k] = cls()
        return o


x = Cache.get(1)
print(Cache.get(1) is x, len(Cache.live))
s = {1, 2}
r = weakref.ref(s)
print(r() == {1, 2}, weakref.ref(A)() is A)
f = weakref.finalize(x, print, "finalized", end="!\n")
print(f.peek()[2:], f(), f(), f.detach())
b, c = A(2), A(3)
b.other, c.other = c, b
r = weakref.ref(b)
del b, c
print(gc.collect() > 0, r())
