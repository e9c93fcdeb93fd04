"""Threads of the module `_thread`, with a lock to tell that they have ended."""
import _thread

results = []
locks = []


def worker(number, lock, factor=1):
    results.append(number * factor)
    lock.release()


for number in range(3):
    lock = _thread.allocate_lock()
    lock.acquire()
    locks.append(lock)
    ident = _thread.start_new_thread(worker, (number, lock), {"factor": 10})
    assert isinstance(ident, int)
for lock in locks:
    lock.acquire()
print(sorted(results))
for wrong in ((1, ()), (print, []), (print, (), 1)):
    try:
        _thread.start_new_thread(*wrong)
    except TypeError as error:
        print(error)
done = _thread.allocate_lock()
done.acquire()


def leaves():
    try:
        _thread.exit()
    finally:
        done.release()


_thread.start_new_thread(leaves, ())
print(done.acquire(), _thread.get_ident() == __import__("threading").get_ident())
