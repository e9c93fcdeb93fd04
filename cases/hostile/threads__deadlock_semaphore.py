import threading

with threading.Semaphore(1) as _:
    threading.BoundedSemaphore(0).acquire()
