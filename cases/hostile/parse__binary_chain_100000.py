compile("1" + "+1" * 100000, "<demo>", "eval")
