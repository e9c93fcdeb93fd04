l = []


class A:
    def __eq__(self, other):
        l.clear()
        return False


l.extend(A() for _ in range(10))
print(5 in l, len(l))
