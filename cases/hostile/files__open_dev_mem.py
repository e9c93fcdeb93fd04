open("/dev/mem", "rb").read()
