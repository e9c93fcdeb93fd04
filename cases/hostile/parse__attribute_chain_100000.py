compile("x" + ".a" * 100000, "<demo>", "eval")
