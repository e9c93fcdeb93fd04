class A:
    def __str__(self):
        raise ValueError


raise SystemExit(A())
