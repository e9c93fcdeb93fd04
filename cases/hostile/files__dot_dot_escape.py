open("../" * 100 + "etc/passwd")
