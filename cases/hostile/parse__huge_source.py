exec("x = 1\n" * 300000)
print(x)
