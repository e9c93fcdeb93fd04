import threading

with threading.Condition() as _:
    pass
condition = threading.Condition(threading.Lock())
with condition:
    condition.wait_for(lambda: False)
