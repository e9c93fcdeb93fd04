import threading

threading.Barrier(2).wait()
