import tracemalloc

print(tracemalloc.is_tracing())
tracemalloc.start(2)
kept = [bytes(1000) for _ in range(100)]
size, peak = tracemalloc.get_traced_memory()
print(size > 100_000, peak >= size, tracemalloc.get_traceback_limit(), tracemalloc.get_object_traceback(kept) is not None)
first = tracemalloc.take_snapshot()
more = [bytes(1000) for _ in range(50)]
diff = tracemalloc.take_snapshot().compare_to(first, "lineno")
print(diff[0].size_diff > 50_000, diff[0].count_diff >= 50)
tracemalloc.reset_peak()
tracemalloc.clear_traces()
print(tracemalloc.get_traced_memory()[0] < size)
tracemalloc.stop()
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
try:
    tracemalloc.take_snapshot()
except RuntimeError as error:
    print(error)
