import threading

for _ in range(1_000_000):
    threading.Thread(target=int).start()
