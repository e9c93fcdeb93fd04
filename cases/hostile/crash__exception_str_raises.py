class E(Exception):
    def __str__(self):
        raise ValueError

    __repr__ = __str__


raise E
