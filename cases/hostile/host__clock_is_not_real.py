import time

a = time.perf_counter_ns()
b = time.perf_counter_ns()
print(b >= a)
