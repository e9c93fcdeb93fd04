import threading
import concurrent.futures

lock = threading.Lock()
print(lock.acquire(), lock.locked(), lock.acquire(blocking=False), lock.release(), lock.locked())
with threading.RLock() as r:
    print(r)
try:
    lock.release()
except RuntimeError as error:
    print(error)
e = threading.Event()
print(e.is_set(), e.set(), e.wait(0), e.clear(), e.is_set())
s = threading.Semaphore(1)
print(s.acquire(), s.acquire(blocking=False), s.release())
try:
    threading.BoundedSemaphore(1).release()
except ValueError as error:
    print(error)
loc = threading.local()
loc.x = 1
print(loc.x, hasattr(loc, "y"), threading.current_thread().name, threading.main_thread() is threading.current_thread(), threading.active_count(), threading.current_thread().daemon)
t = threading.Thread(target=print, args=("hi",), name="worker")
print(t.name, t.is_alive(), t.ident)
try:
    t.join()
except RuntimeError as error:
    print(error)
f = concurrent.futures.Future()
f.add_done_callback(lambda f: print("callback", f.result()))
print(f.done(), f.running(), f.set_running_or_notify_cancel(), f.cancel())
f.set_result(5)
print(f.result(), f.exception(), f.done())
g = concurrent.futures.Future()
print(g.cancel(), g.cancelled())
try:
    g.result()
except concurrent.futures.CancelledError:
    print("cancelled")
h = concurrent.futures.Future()
h.set_exception(ValueError("v"))
print(repr(h.exception()), concurrent.futures.wait([f, h]).not_done)
try:
    h.result()
except ValueError as error:
    print(error)
try:
    h.set_result(1)
except concurrent.futures.InvalidStateError as error:
    print(str(error).split(":")[0])
c = threading.Condition()
with c:
    print(c.wait(0.0), c.notify())
for bad in ["threading.Semaphore(-1)", "threading.Thread(5, 5)", "lock.acquire(False, 1)", "lock.acquire(timeout=-5)", "threading.Barrier(0)", "threading.Thread(group=1)", "c.notify()"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
