data = list(range(10))
del data[0], data[-1]
print(data)
del data[::2]
print(data)
data[1:1] = "xy"
print(data)
data[::2] = [0] * len(data[::2])
print(data)
print("hello"[::-1], "hello"[-3:], "hello"[10:], "hello"[1:-1:2], "hello"[-100:2])
s = slice(1, 10, 3)
print(s, s.indices(5), s.start, s.stop, s.step, s == slice(1, 10, 3), hash(s) == hash(slice(1, 10, 3)))


class Show:
    def __getitem__(self, key):
        return key

    def __delitem__(self, key):
        print("del", key)

    def __setitem__(self, key, value):
        print("set", key, value)


show = Show()
print(show[1], show[1:2], show[::], show[1, 2:3], show[..., None], show[()], show[*"ab"])
del show["k"], show[1:]
show[1:2, 3] = 4
for bad in ["data[::0]", "data['a']", "data[1.0]", "data[99]", "(1,)[5]", "'a'[3]", "data.__setitem__(slice(0, 4, 2), [1])", "del_(99)"]:

    def del_(i):
        del data[i]

    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
name = 1
del name
try:
    name
except NameError as error:
    print(error)
