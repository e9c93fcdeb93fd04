class M(type):
    def mro(cls):
        return [cls] * 5


class A(metaclass=M):
    pass


A().x
