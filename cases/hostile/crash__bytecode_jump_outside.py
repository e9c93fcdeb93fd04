import dis

def f():
    pass


f.__code__ = f.__code__.replace(co_code=bytes([dis.opmap["EXTENDED_ARG"], 127, dis.opmap["JUMP_FORWARD"], 255]), co_stacksize=1)
f()
