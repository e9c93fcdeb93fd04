"""Who is who: names, numbers, liveness, enumeration, the main thread."""
import threading
from concurrent.futures import ThreadPoolExecutor

seen = {}


def worker():
    me = threading.current_thread()
    seen["name"] = me.name.split()[0]
    seen["same"] = me is thread
    seen["ident"] = threading.get_ident() == me.ident != main.ident
    seen["native"] = threading.get_native_id() == me.native_id != main.native_id
    seen["alive"] = me.is_alive()
    seen["count"] = threading.active_count() - before
    seen["listed"] = me in threading.enumerate() and main in threading.enumerate()
    seen["main"] = threading.main_thread() is main


main = threading.current_thread()
before = threading.active_count()
print(main.name, main is threading.main_thread(), main.ident == threading.get_ident(), main.daemon)
thread = threading.Thread(target=worker)
print(thread.name.split()[0], thread.ident, thread.native_id, thread.is_alive(), thread.daemon)
try:
    thread.join()
except RuntimeError as error:
    print(error)
thread.start()
print(isinstance(thread.ident, int), thread.ident != main.ident)
thread.join()
print(seen)
print(thread.is_alive(), threading.active_count() == before, thread in threading.enumerate(), thread.ident is None)
try:
    thread.start()
except RuntimeError as error:
    print(error)
try:
    main.join()
except RuntimeError as error:
    print(error)
names = [threading.Thread().name, threading.Thread().name, threading.Thread(name="mine").name]
print(names)
with ThreadPoolExecutor(max_workers=1) as pool:
    first = pool.submit(lambda: threading.current_thread().name).result()
with ThreadPoolExecutor(max_workers=1) as pool:
    second = pool.submit(lambda: threading.current_thread().name).result()
with ThreadPoolExecutor(max_workers=1, thread_name_prefix="io") as pool:
    print(first, second, pool.submit(lambda: threading.current_thread().name).result())


class Child(threading.Thread):
    def run(self):
        self.result = (self.name, self.daemon, threading.Thread().daemon)


child = Child(name="child", daemon=True)
child.start()
child.join()
print(child.result, repr(child).startswith("<Child(child, stopped daemon "))
child = Child(name="child")
child.daemon = False
child.start()
child.join()
print(child.result)
try:
    child.daemon = True
except RuntimeError as error:
    print("daemon:", error)
