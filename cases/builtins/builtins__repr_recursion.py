l = [1]
l.append(l)
d = {"self": None}
d["self"] = d
s = ([],)
s[0].append(s)
print(l, d, s)
from collections import OrderedDict, deque, UserList

o = OrderedDict()
o["o"] = o
q = deque([1])
q.append(q)
u = UserList([1])
print(o, q, u)
import reprlib


class Node:
    def __init__(self):
        self.children = []

    @reprlib.recursive_repr("<...>")
    def __repr__(self):
        return f"Node({self.children})"


n = Node()
n.children.append(n)
print(n)
print(reprlib.repr(list(range(100))), reprlib.repr("x" * 100), reprlib.repr({i: i for i in range(10)}), reprlib.repr(10**60))
r = reprlib.Repr(maxlist=2, maxstring=10, indent="..")
print(r.repr([1, 2, 3]), r.repr("abcdefghijklmnop"))
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\t\n\x00\x7f\xa0\u200b\ud800"), repr(b"it's \xff"))
print(l == l, l[1] is l, repr(l))
