open("/proc/self/maps", "rb").read()
