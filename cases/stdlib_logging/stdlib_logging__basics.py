import io
import logging
import sys

out = io.StringIO()
log = logging.getLogger("app.module")
handler = logging.StreamHandler(out)
handler.setFormatter(logging.Formatter("%(levelname)-8s %(name)s %(message)s [%(lineno)s]".replace("[%(lineno)s]", "%(funcName)s")))
root = logging.getLogger("app")
root.addHandler(handler)
root.setLevel(logging.INFO)
root.propagate = False
log.debug("hidden")
log.info("shown %s %d", "arg", 5)
log.warning("warn %(k)s", {"k": "v"})
log.error("plain")


def func():
    log.critical("in func")


func()
try:
    1 / 0
except ZeroDivisionError:
    log.exception("caught")
log.log(25, "custom level")
logging.addLevelName(25, "NOTICE")
log.log(25, "named level")
text = out.getvalue()
print("\n".join(line for line in text.splitlines() if not line.startswith(("  ", "Trace"))))
print(log.isEnabledFor(10), log.getEffectiveLevel(), log.parent.name, logging.getLevelName(10), logging.getLevelName("ERROR"), log.hasHandlers(), log.handlers, logging.getLogger("app.module") is log)


class Filter(logging.Filter):
    def filter(self, record):
        record.msg = f"[{record.msg}]"
        return "drop" not in record.msg


log.addFilter(Filter())
out.truncate(0)
out.seek(0)
log.info("keep")
log.info("drop")
for style, fmt in (("{", "{levelname}:{message}"), ("$", "$levelname-$message")):
    handler.setFormatter(logging.Formatter(fmt, style=style))
    log.info("styled")
log2 = logging.LoggerAdapter(log, {"user": "ann"})
handler.setFormatter(logging.Formatter("%(user)s %(message)s"))
log2.info("adapted")
print(out.getvalue())
for bad in ["log.setLevel('NOPE')", "logging.Formatter('%(x', style='%')", "logging.Formatter('x', style='q')", "logging.getLogger(5)", "log.info()", "logging.Formatter('{x', style='{')", "logging.Formatter('plain', style='$')"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
sys.stderr = err = io.StringIO()
log.info("bad %d", "x")
logging.getLogger("unconfigured").warning("last resort")
sys.stderr = sys.__stderr__
print("--- Logging error ---" in err.getvalue(), err.getvalue().splitlines()[-1])
logging.disable(logging.CRITICAL)
log.critical("silent")
logging.disable(logging.NOTSET)
print("silent" in out.getvalue())
