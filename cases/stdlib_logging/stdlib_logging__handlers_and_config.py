import logging
import logging.config
import logging.handlers
import os

logging.config.dictConfig({"version": 1, "formatters": {"f": {"format": "%(levelname)s:%(message)s"}}, "handlers": {"file": {"class": "logging.FileHandler", "filename": "app.log", "formatter": "f", "delay": True}}, "loggers": {"cfg": {"handlers": ["file"], "level": "DEBUG", "propagate": False}}, "disable_existing_loggers": False})
log = logging.getLogger("cfg")
log.debug("to file é")
log.handlers[0].close()
print(open("app.log", encoding="utf-8").read())
rot = logging.handlers.RotatingFileHandler("rot.log", maxBytes=30, backupCount=2)
r = logging.getLogger("rot")
r.propagate = False
r.addHandler(rot)
for i in range(6):
    r.warning("message %d padding", i)
rot.close()
print(sorted(f for f in os.listdir() if f.startswith("rot")), open("rot.log").read(), open("rot.log.1").read())


class ListHandler(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append((record.levelname, record.getMessage(), record.name))


target = ListHandler()
mem = logging.handlers.MemoryHandler(10, flushLevel=logging.ERROR, target=target)
m = logging.getLogger("mem")
m.propagate = False
m.addHandler(mem)
m.warning("buffered")
print(target.records)
m.error("flush now")
print(target.records)
import queue

q = queue.SimpleQueue()
ql = logging.getLogger("q")
ql.propagate = False
ql.addHandler(logging.handlers.QueueHandler(q))
ql.error("queued %s", 1)
print(q.get().getMessage())
logging.basicConfig(filename="basic.log", format="%(message)s", level="INFO", force=True, encoding="utf-8")
logging.info("basic")
logging.shutdown()
print(open("basic.log").read())
for bad in [{}, {"version": 2}, {"version": 1, "handlers": {"h": {"class": "nope.Nope"}}}, {"version": 1, "root": {"handlers": ["missing"]}}]:
    try:
        logging.config.dictConfig(bad)
    except Exception as error:
        print(type(error).__name__, error)
logging.captureWarnings(True)
import warnings

w = ListHandler()
logging.getLogger("py.warnings").addHandler(w)
logging.getLogger("py.warnings").propagate = False
with warnings.catch_warnings():
    warnings.simplefilter("always")
    warnings.warn("captured")
logging.captureWarnings(False)
print(w.records[0][0], "captured" in w.records[0][1], logging.makeLogRecord({"msg": "x %s", "args": (1,)}).getMessage())
