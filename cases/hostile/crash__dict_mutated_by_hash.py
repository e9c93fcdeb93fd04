d = {}


class A:
    def __hash__(self):
        d.clear()
        return 1

    def __eq__(self, other):
        d.update({i: i for i in range(100)})
        return False


for _ in range(5):
    d[A()] = 1
print(len(d) > 0)
