import io
import logging

buffer = io.StringIO()
root = logging.getLogger("tree")
root.propagate = False
root.setLevel(logging.WARNING)
h = logging.StreamHandler(buffer)
h.setFormatter(logging.Formatter("%(name)s|%(levelname)s|%(message)s"))
root.addHandler(h)
a, b = logging.getLogger("tree.a"), logging.getLogger("tree.a.b")
b.setLevel(logging.DEBUG)
for log in (root, a, b):
    log.debug("d")
    log.info("i")
    log.warning("w")
print(buffer.getvalue())
print([l.getEffectiveLevel() for l in (root, a, b)], a.getChild("x").name, b.parent is a, sorted(c.name for c in root.getChildren()), repr(b))
extra = logging.StreamHandler(buffer)
extra.setLevel(logging.ERROR)
extra.setFormatter(logging.Formatter("EXTRA %(message)s %(custom)s", defaults={"custom": "dflt"}))
b.addHandler(extra)
buffer.truncate(0)
buffer.seek(0)
b.error("both")
b.error("with", extra={"custom": "given"})
b.propagate = False
b.error("only extra")
b.debug("dropped")
print(buffer.getvalue())
print(logging.getLevelNamesMapping()["INFO"], logging.getLevelName(35), root.isEnabledFor(10))
try:
    b.error("x", extra={"message": 1})
except KeyError as error:
    print(error)
record = logging.LogRecord("n", 20, "path/file.py", 7, "msg %s", ("arg",), None, "func")
print(record.getMessage(), record.filename, record.module, record.lineno, record.funcName, record)
