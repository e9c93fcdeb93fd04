from collections import deque

d = deque([1, 2, 3], maxlen=4)
d.append(4)
d.append(5)
d.appendleft(0)
print(d, d.maxlen, len(d), d[0], d[-1], list(reversed(d)), 3 in d, d.index(3), d.count(2))
d.rotate(1)
print(d)
d.rotate(-2)
d.extendleft("ab")
print(d, d.pop(), d.popleft(), d)
d[0] = "x"
del d[1]
d.clear()
d += [1, 2]
print(d, d + deque([3]), d * 3, d.copy(), d == deque([1, 2]), d < deque([1, 3]), deque("ab") != ["a", "b"], bool(deque()))
d.insert(1, "mid")
d.remove(1)
d.reverse()
print(d, deque(range(5), 2), deque([1], 0), deque(maxlen=0))
for bad in ["deque().pop()", "deque().popleft()", "deque(5)", "deque([], -1)", "deque([], 'a')", "deque([1])[5]", "deque([1]).remove(2)", "deque([1]).index(2)", "deque([1], 1).insert(0, 2)", "deque([1])[0:1]", "hash(deque())", "deque() + [1]", "deque([1]).maxlen_", "setattr(deque(), 'maxlen', 5)", "deque().rotate('a')", "deque([1]) < [1]"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
d = deque([1, 2, 3])
try:
    for x in d:
        d.append(x)
except RuntimeError as error:
    print(error)
window = deque(maxlen=3)
for i in range(6):
    window.append(i)
    print(sum(window), end=" ")
print()
import copy
import pickle

print(pickle.loads(pickle.dumps(deque([1, [2]], 5))), copy.deepcopy(deque([[1]])), repr(deque([deque()])))
