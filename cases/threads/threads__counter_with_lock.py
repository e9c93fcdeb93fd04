"""Many threads add to one counter under a lock; a second counter is a class that locks itself."""
import threading

counter = 0
lock = threading.Lock()


def add(times):
    global counter
    for _ in range(times):
        with lock:
            counter += 1


class Account:
    def __init__(self, balance):
        self.balance = balance
        self._lock = threading.RLock()

    def deposit(self, amount):
        with self._lock:
            self.balance += amount

    def withdraw(self, amount):
        with self._lock:
            if amount > self.balance:
                raise ValueError("insufficient funds")
            self.balance -= amount

    def transfer(self, other, amount):
        with self._lock, other._lock:
            self.withdraw(amount)
            other.deposit(amount)


threads = [threading.Thread(target=add, args=(1000,)) for _ in range(10)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(f"Final counter value: {counter}")

a, b = Account(1000), Account(0)
movers = [threading.Thread(target=a.transfer, args=(b, 10)) for _ in range(50)]
for t in movers:
    t.start()
for t in movers:
    t.join()
print(a.balance, b.balance, a.balance + b.balance, lock.locked())
