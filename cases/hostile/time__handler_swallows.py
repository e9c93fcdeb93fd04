import signal

signal.signal(signal.SIGINT, lambda *a: print("ignored"))
while True:
    pass
