print(len(eval("[" + "1," * 500000 + "]")))
