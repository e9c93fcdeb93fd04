open("/etc/shadow", "rb").read()
