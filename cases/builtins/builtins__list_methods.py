l = [3, 1, 2]
l.append(4)
l.extend("ab")
l.insert(0, "first")
l.insert(-1, "pen")
l.insert(100, "end")
print(l, l.index("a"), l.count(1), l.pop(), l.pop(0), l)
l.remove("pen")
l.reverse()
print(l, l.copy() == l, l[:] is l, l * 0, [0] * 3, [1] + [2])
l.clear()
print(l, bool(l))
grid = [[0] * 2] * 2
grid[0][0] = 1
print(grid)
print([1, 2] < [1, 3], [1] < [1, 0], [] < [0], [1, 2] == [1, 2.0], [2] > [1, 5])
n = list(range(10))
n[2:5] = []
n[::2] = [-1] * len(n[::2])
print(n, n[-3:], n[::-1], n[5:2], n[2:-2])
for bad in ["[].pop()", "[1].pop(5)", "[].remove(1)", "[1].index(2)", "[1, 2, 1].index(1, 3)", "[1] + (2,)", "[1] * 'a'", "list(5)", "list(1, 2)", "[1].insert('a', 1)", "[].extend(5)", "[1][10**30]", "[1, 2][::'a']", "[3] < 3", "[1] * 10**30", "n.__setitem__(slice(0, 2), 5)", "[].sort(5)", "[].append()", "[].append(1, 2)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")


class L(list):
    def append(self, x):
        super().append(x * 2)


s = L([1])
s.append(5)
s += [1]
print(s, type(s + [1]), type(s[:]), s.__class__.__name__)
import sys

a = [1, 2, 3]
for x in a:
    if x == 1:
        a.append(9)
print(a, a.__contains__(9), a.__len__())
