for i in range(5):
    if i == 3:
        break
else:
    print("not here")
print(i)
for i in range(3):
    continue
else:
    print("finished", i)
n = 5
while n:
    n -= 1
    if n == 2:
        continue
    print(n, end=" ")
else:
    print("done")
for x in []:
    pass
else:
    print("empty loop runs else")
for a, b in zip([1, 2], "xy"):
    for c in "pq":
        if c == "q" and a == 1:
            break
        print(a, b, c)
    else:
        print("inner finished")
items = [1, 2, 3, 4]
for item in items:
    if item % 2:
        items.remove(item)
print(items)
d = {1: 1}
try:
    for k in d:
        d[k + 1] = 1
except RuntimeError as error:
    print(error)
s = {1, 2}
try:
    for k in s:
        s.add(k + 10)
except RuntimeError as error:
    print(error)


def finds():
    for i in range(10):
        try:
            if i == 2:
                return i
        finally:
            print("finally", i)


print(finds())
try:
    for x in 5:
        pass
except TypeError as error:
    print(error)
