open("/sys/kernel/notes", "rb").read()
