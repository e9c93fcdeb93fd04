a, b = 5, 5
print(a is b, [] is [], () == (), "ab" == "a" + "b")
x = [1, 2]
y = x
z = list(x)
y.append(3)
print(x, z, x is y, x is z, x == z)
print(id(x) == id(y), id(x) != id(z), None is None, ... is Ellipsis)
t = (1, [2])
u = t
try:
    u += (3,)
except TypeError:
    pass
print(t, u)
m = [[]] * 3
m[0].append(1)
n = [[] for _ in range(3)]
n[0].append(1)
print(m, n)


def default(v, acc=[]):
    acc.append(v)
    return acc


print(default(1), default(2), default(3, []), default(4))
s = "abc"
r = s
s += "d"
print(s, r)
k = {1: "a", 1.0: "b", True: "c"}
print(k, len(k))
