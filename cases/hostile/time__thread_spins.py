import threading


def spin():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


thread = threading.Thread(target=spin)
thread.start()
thread.join()
