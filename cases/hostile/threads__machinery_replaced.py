import sys
import threading

strands = sys.modules["exuvia._strands"]
strands.line = strands.daemons = strands.stack = None
strands.current = 5
strands.main = None
strands.settle = strands.recover = strands.wait = lambda *args, **kwargs: None
sys.modules["exuvia._cell"].settle = lambda: None
lock = threading.Lock()
lock.acquire()
lock.acquire()
