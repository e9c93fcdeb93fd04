import copy


class Node:
    def __init__(self, v, nxt=None):
        self.v, self.next = v, nxt


a = [1, [2, 3], {"k": [4]}]
s, d = copy.copy(a), copy.deepcopy(a)
a[1].append(9)
a.append(5)
print(s, d)
n = Node(1)
n.next = n
m = copy.deepcopy(n)
print(m.next is m, m is not n)


class Custom:
    def __copy__(self):
        return "copied"

    def __deepcopy__(self, memo):
        return f"deep {len(memo)}"


print(copy.copy(Custom()), copy.deepcopy([Custom()]))
shared = [[]] * 3
d = copy.deepcopy(shared)
print(d[0] is d[1], d[0] is shared[0], copy.copy((1,)), copy.deepcopy("s"), copy.copy(len) is len, copy.deepcopy({frozenset([1]): (1, [2])}))


class Slots:
    __slots__ = ("x",)


o = Slots()
o.x = [1]
c = copy.deepcopy(o)
c.x.append(2)
print(o.x, c.x)


class Replaceable:
    def __init__(self, a):
        self.a = a

    def __replace__(self, /, **k):
        return Replaceable(k.get("a", self.a))


print(copy.replace(Replaceable(1), a=5).a)
for bad in ["copy.replace(5, x=1)", "copy.copy(iter((i for i in [])))", "copy.deepcopy(open('x', 'w'))", "copy.copy(type('M', (), {'__reduce_ex__': lambda s, p: 5})())"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
deep = []
for _ in range(50):
    deep = [deep]
x = copy.deepcopy(deep)
depth = 0
while x:
    x = x[0]
    depth += 1
print(depth)
import collections

print(copy.deepcopy(collections.OrderedDict(a=[1])), copy.copy(collections.deque([1], 3)), copy.deepcopy(collections.defaultdict(list, a=[1])), copy.copy({1}), copy.deepcopy(bytearray(b"x")))
