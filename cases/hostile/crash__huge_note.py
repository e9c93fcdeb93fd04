e = ValueError("x")
e.__notes__ = ["n" * 10**7] * 10
raise e
