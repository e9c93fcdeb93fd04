class A:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        return False


{A() for _ in range(10**6)}
