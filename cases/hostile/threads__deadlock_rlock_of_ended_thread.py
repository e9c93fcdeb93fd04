import threading

lock = threading.RLock()
thread = threading.Thread(target=lock.acquire)
thread.start()
thread.join()
lock.acquire()
