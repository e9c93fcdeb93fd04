b = bytearray(100)


class I:
    def __index__(self):
        b.clear()
        return 5


try:
    b[50] = I()
except IndexError as error:
    print(error)
