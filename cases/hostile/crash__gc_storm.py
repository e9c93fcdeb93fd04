import gc

gc.set_threshold(1)


class A:
    def __init__(self):
        self.me = self

    def __del__(self):
        gc.collect()


for _ in range(300):
    A()
print("alive")
