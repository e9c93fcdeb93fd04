class Len:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Bool:
    def __bool__(self):
        return False

    def __len__(self):
        return 5


class Bad:
    def __bool__(self):
        return 1


class Negative:
    def __len__(self):
        return -1


values = [None, 0, 0.0, 0j, "", b"", [], {}, set(), (), range(0), Len(0), Len(1), Bool(), object(), "0", [0], float("nan"), NotImplementedError]
print([bool(v) for v in values])
for kind in (Bad, Negative):
    try:
        bool(kind())
    except Exception as error:
        print(type(error).__name__, error)
try:
    bool(NotImplemented)
except TypeError as error:
    print(error)
try:
    len(Len(2**100))
except OverflowError as error:
    print(error)
try:
    len(Len("x"))
except TypeError as error:
    print(error)
print(all([]), any([]), all([1, []]), any([0, "x"]))
print([] or {} or "last", [1] and {2} and 0)
