exec("".join(" " * i + f"def f{i}():\n" for i in range(1000)) + " " * 1000 + "pass")
