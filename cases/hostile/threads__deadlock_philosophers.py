import threading

a, b = threading.Lock(), threading.Lock()
met = threading.Barrier(2)


def take(first, second):
    with first:
        met.wait()
        with second:
            pass


threads = [threading.Thread(target=take, args=pair) for pair in ((a, b), (b, a))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("both have ended")
