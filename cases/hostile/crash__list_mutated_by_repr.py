l = []


class A:
    def __repr__(self):
        l.clear()
        return "A"


l.extend([A(), A(), A()])
print(l)
