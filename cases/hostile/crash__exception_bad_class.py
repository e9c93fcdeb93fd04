class M(type):
    @property
    def __name__(cls):
        raise RuntimeError


class E(Exception, metaclass=M):
    pass


raise E
