kept = []


class A:
    def __del__(self):
        kept.append(self)


for _ in range(1000):
    A()
print(len(kept))
