open("/etc/passwd", "rb").read()
