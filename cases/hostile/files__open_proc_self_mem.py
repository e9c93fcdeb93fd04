open("/proc/self/mem", "rb").read()
