import faulthandler
import signal

print(signal.SIGINT, signal.Signals(2).name, signal.SIG_IGN == 1, signal.Handlers(0))
old = signal.signal(signal.SIGUSR1, lambda n, f: print("handled", n))
print(callable(signal.getsignal(signal.SIGUSR1)))
signal.signal(signal.SIGUSR1, old if old is not None else signal.SIG_DFL)
for bad in ["signal.signal(9999, print)", "signal.signal(signal.SIGINT, 5)", "signal.signal('x', print)", "signal.Signals(9999)", "signal.strsignal(-1)", "signal.getsignal(-1)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(faulthandler.is_enabled() in (True, False), signal.default_int_handler.__name__, sorted(s.name for s in signal.Signals)[:3])
