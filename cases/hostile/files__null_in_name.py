open("a\0b", "w")
