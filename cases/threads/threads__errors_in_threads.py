"""What an exception in a thread does: the hook, SystemExit, a hook of the program, futures."""
import io
import sys
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor


def fail():
    raise ValueError("broken")


caught = []


def hook(args):
    caught.append((args.exc_type.__name__, str(args.exc_value), args.thread.name, traceback.extract_tb(args.exc_traceback)[-1].name))


original, threading.excepthook = threading.excepthook, hook
threads = [threading.Thread(target=fail, name="one"), threading.Thread(target=sys.exit, args=(3,), name="two")]
for t in threads:
    t.start()
    t.join()
print(caught)
threading.excepthook = original

kept, sys.stderr = sys.stderr, io.StringIO()
try:
    raise KeyError("of the main thread")
except KeyError:
    t = threading.Thread(target=fail, name="shown")
    t.start()
    t.join()
    t = threading.Thread(target=sys.exit)
    t.start()
    t.join()
text, sys.stderr = sys.stderr.getvalue(), kept
lines = text.splitlines()
print(lines[0], "|", lines[1], "|", lines[-1], "|", sum("in fail" in line for line in lines), "During" in text)


class Result(threading.Thread):
    """The usual way of getting an exception out of a thread."""

    exception = None

    def run(self):
        try:
            fail()
        except Exception as error:
            self.exception = error

    def join(self, timeout=None):
        super().join(timeout)
        if self.exception:
            raise self.exception


t = Result()
t.start()
try:
    t.join()
except ValueError as error:
    print("joined:", error)

with ThreadPoolExecutor() as pool:
    future = pool.submit(fail)
    error = future.exception()
    print(repr(error), [frame.name for frame in traceback.extract_tb(error.__traceback__)][-1])
    try:
        future.result()
    except ValueError as again:
        print(again is error, future.done(), future.cancelled())
    print(repr(pool.submit(sys.exit, 4).exception()))
    future = pool.submit(lambda: 42)
    future.add_done_callback(lambda f: print("callback", f.result()))
    future.result()
