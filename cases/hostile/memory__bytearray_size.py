bytearray(2**31 - 1)
