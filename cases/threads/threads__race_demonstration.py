"""The classic demonstration: read, wait, write; with a lock nothing is lost."""
import threading
import time


class Database:
    def __init__(self):
        self.value = 0
        self._lock = threading.Lock()

    def locked_update(self, name):
        with self._lock:
            copy = self.value
            copy += 1
            time.sleep(0.001)
            self.value = copy


database = Database()
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(max_workers=5) as executor:
    for index in range(25):
        executor.submit(database.locked_update, index)
print("ending value:", database.value)
