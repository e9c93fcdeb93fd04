import threading


def nest():
    thread = threading.Thread(target=nest)
    thread.start()
    thread.join()


nest()
print("main goes on")
