import array
import bisect
import heapq
import queue

h = [5, 1, 4]
heapq.heapify(h)
heapq.heappush(h, 0)
print(h, heapq.heappop(h), heapq.heappushpop(h, 3), heapq.heapreplace(h, 9), sorted(h), heapq.nlargest(2, h), heapq.nsmallest(2, "cab"), heapq.nlargest(1, ["a", "bb"], key=len))
print(list(heapq.merge([1, 4], [2, 3], [0])), list(heapq.merge("ca", "b", reverse=True)), [heapq.heappop(h) for _ in range(len(h))])
m = [1, 5, 2]
heapq.heapify_max(m)
heapq.heappush_max(m, 7)
print(heapq.heappop_max(m), m)
l = [1, 3, 3, 5]
print(bisect.bisect(l, 3), bisect.bisect_left(l, 3), bisect.bisect(l, 0), bisect.bisect_right(l, 9), bisect.bisect([(1, "a"), (2, "b")], 1, key=lambda p: p[0]))
bisect.insort(l, 4)
bisect.insort_left(l, 3)
print(l)
a = array.array("i", [1, 2, 3])
a.append(4)
a.extend([5])
a[0] = 10
print(a, a.tolist(), a.itemsize, a.typecode, a.tobytes()[:4], a.index(3), a.count(2), a[1:3], a.pop(), a + a[:1], a * 2, a == array.array("l", a))
a.frombytes(b"\x01\x00\x00\x00")
a.byteswap()
print(a[-1], array.array("w", "hé"), array.array("d", [1.5]).buffer_info()[1], array.array("w", "a😀").tounicode(), array.array("B", b"ab"))
q = queue.PriorityQueue()
for item in [(2, "b"), (1, "a")]:
    q.put(item)
print(q.get(), q.qsize(), q.empty(), queue.LifoQueue().empty())
s = queue.Queue(1)
s.put(1)
for bad in ["heapq.heappop([])", "heapq.heapify(5)", "heapq.heappush((), 1)", "heapq.heapreplace([], 1)", "bisect.bisect(l, 1, -1)", "bisect.bisect(l, 'a')", "a.append('x')", "a.append(2**40)", "array.array('z')", "array.array('b', [200])", "a[99]", "a.frombytes(b'abc')", "array.array('i', 'abc')", "array.array('i', [1.5])", "s.put_nowait(1)", "queue.SimpleQueue().get_nowait()", "s.get(timeout=-1) and s.get(timeout=-1)", "a + [1]"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
q2 = queue.Queue()
q2.put(1)
q2.shutdown()
print(q2.get())
try:
    q2.get()
except queue.ShutDown as error:
    print("ShutDown", error)
