import sys

print(sys.version_info[:3], sys.implementation.name, sys.byteorder, sys.maxunicode, sys.api_version, sys.hexversion == 0x030E02F0, sys.float_info.radix, sys.int_info.sizeof_digit, sys.hash_info.algorithm, sys.copyright.splitlines()[0][:30], sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.maxsize, sys.getswitchinterval() > 0)
print(sys.getrefcount(object()) >= 1, sys.getsizeof(5) > 0, sys.getsizeof([1] * 10) > sys.getsizeof([]), sys.intern("abc") is sys.intern("abc"), sys.is_finalizing(), sys.call_tracing(max, (1, 2)), sys._getframe().f_code.co_name, sys.displayhook is sys.__displayhook__, len(sys.thread_info), sys.flags.optimize, "json" in sys.stdlib_module_names, "sys" in sys.builtin_module_names, sys.gettrace(), sys.getprofile(), sys.get_asyncgen_hooks().firstiter, sys.is_stack_trampoline_active() if hasattr(sys, "is_stack_trampoline_active") else "")
sys.displayhook(5)
sys.displayhook(None)
import builtins

print(builtins._)
del builtins._


class Sized:
    def __sizeof__(self):
        return 1000


print(sys.getsizeof(Sized()) >= 1000, sys._is_interned("abc"), sys._is_gil_enabled(), sys.audit("demo.event", 1))
seen = []
for bad in ["sys.getsizeof()", "sys.getrefcount()", "sys._getframe(9999)", "sys.intern(5)", "sys.setswitchinterval(-1)", "sys.settrace()", "sys.set_int_max_str_digits(-1)", "sys.exit(1, 2)", "sys.audit()", "sys.setdlopenflags('x')", "sys.getsizeof(type('B', (), {'__sizeof__': lambda s: 'x'})())"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
frame = sys._getframe()
print(frame.f_lineno > 0, frame.f_globals is globals(), frame.f_back is None or True, "seen" in frame.f_locals, frame.f_trace)


def g():
    x = 1
    sys._getframe().f_locals["x"] = 9
    return x


print(g())
