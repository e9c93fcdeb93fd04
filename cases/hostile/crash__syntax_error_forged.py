e = SyntaxError("m", ("f", -(2**31), 2**31, "x" * 10**6, -5, 2**31))
raise e
