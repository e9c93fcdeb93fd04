"""A cache for each thread, and a local object that is initialised anew in each."""
import threading
from concurrent.futures import ThreadPoolExecutor

storage = threading.local()
made = []


def connection():
    if not hasattr(storage, "connection"):
        storage.connection = f"connection of {threading.current_thread().name}"
        made.append(storage.connection)
    return storage.connection


def work(barrier):
    barrier.wait()
    return connection() == connection() == f"connection of {threading.current_thread().name}"


with ThreadPoolExecutor(max_workers=3, thread_name_prefix="db") as pool:
    barrier = threading.Barrier(3)
    print(list(pool.map(work, [barrier] * 3)))
print(sorted(made), hasattr(storage, "connection"))


class Settings(threading.local):
    level = "class"

    def __init__(self, colour):
        self.colour = colour
        self.items = []


settings = Settings("red")
settings.colour = "blue"
settings.items.append("main")


def look(out):
    out.append((settings.colour, settings.items, settings.level))
    settings.level = "thread"
    settings.items.append("thread")
    out.append((settings.items, sorted(settings.__dict__)))


out = []
t = threading.Thread(target=look, args=(out,))
t.start()
t.join()
print(out)
print(settings.colour, settings.items, settings.level)
try:
    threading.local(1)
except TypeError as error:
    print(error)
