class A:
    pass


class B(A):
    pass


try:
    A.__bases__ = (B,)
except TypeError as error:
    print(error)
