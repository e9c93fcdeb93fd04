"""Context variables, decimal contexts and locals do not leak from one thread to another."""
import contextvars
import decimal
import threading
from concurrent.futures import ThreadPoolExecutor

user = contextvars.ContextVar("user", default="nobody")
user.set("main")
decimal.getcontext().prec = 5
out = []


def look(name):
    out.append((name, user.get(), decimal.getcontext().prec))
    user.set(name)
    decimal.getcontext().prec = 7
    out.append((name, user.get(), decimal.Decimal(1) / 3))


for name in ("one", "two"):
    t = threading.Thread(target=look, args=(name,))
    t.start()
    t.join()
print(out, user.get(), decimal.Decimal(1) / 3)

context = contextvars.copy_context()
t = threading.Thread(target=context.run, args=(look, "copied"))
t.start()
t.join()
print(out[-2], user.get(), context[user])
with ThreadPoolExecutor(max_workers=1) as pool:
    print(pool.submit(user.get).result(), pool.submit(contextvars.copy_context().run, user.get).result())
