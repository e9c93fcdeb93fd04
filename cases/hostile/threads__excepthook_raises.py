import threading


def hook(args):
    raise SystemExit(args)


threading.excepthook = hook
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
print("main goes on")
