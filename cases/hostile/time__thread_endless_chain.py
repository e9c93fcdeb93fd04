import threading


def next_one():
    threading.Thread(target=next_one).start()


next_one()
while True:
    threading.Event().wait(0.001)
