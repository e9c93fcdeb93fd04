class Account:
    __limit = 5

    def __init__(self):
        self.__balance = 10
        self.__dunder__ = 1
        self._single = 2

    def __secret(self):
        return self.__balance + self.__limit

    def reveal(self):
        return self.__secret()


a = Account()
print(a.reveal(), sorted(vars(a)))
print([n for n in dir(Account) if "secret" in n or "limit" in n])
try:
    a.__balance
except AttributeError as error:
    print(error)
print(a._Account__balance)


class Child(Account):
    def peek(self):
        return self.__balance


try:
    Child().peek()
except AttributeError as error:
    print(error)


class _Under:
    def __f(self):
        pass


print([n for n in vars(_Under) if n.endswith("f")])


class Outer:
    class __Inner:
        __x = 1

    inner = __Inner


print(sorted(n for n in vars(Outer) if not n.endswith("__")), [n for n in vars(Outer.inner) if "x" in n])
print(Outer.inner.__name__, Outer.inner.__qualname__)


class G:
    def f(self):
        global __shared
        __shared = 3


G().f()
print(_G__shared)
