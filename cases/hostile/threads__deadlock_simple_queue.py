import queue

queue.SimpleQueue().get()
