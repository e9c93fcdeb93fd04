"""Timers: in the order of their times, one cancelled, one joined, one with arguments."""
import threading
import time

log = []
slow = threading.Timer(0.3, log.append, args=["slow"])
fast = threading.Timer(0.05, log.append, args=["fast"])
never = threading.Timer(0.15, log.append, args=["never"])
for timer in (slow, fast, never):
    timer.start()
print(slow.is_alive(), never.is_alive(), isinstance(slow, threading.Thread), slow.interval)
never.cancel()
never.join()
print("cancelled", never.is_alive(), never.finished.is_set())
slow.join()
print(log)
for timer in (slow, fast):
    timer.join()

fired = threading.Event()
threading.Timer(0.02, fired.set).start()
print("fired", fired.wait(timeout=5))


def remind(text, times=1):
    log.append(text * times)


timer = threading.Timer(0.01, remind, ["tick"], {"times": 2})
timer.start()
time.sleep(0.3)
print(log[-1], timer.is_alive())
