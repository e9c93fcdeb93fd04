open("/proc/self/environ", "rb").read()
