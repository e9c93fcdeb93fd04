def tree(cls, depth=0, seen=[]):
    print("  " * depth + cls.__name__)
    for sub in sorted((c for c in cls.__subclasses__() if c.__module__ == "builtins"), key=lambda c: c.__name__):
        tree(sub, depth + 1)


tree(BaseException)
print(IOError is OSError, EnvironmentError is OSError, issubclass(FileNotFoundError, OSError))
import errno

for n in ("ENOENT", "EEXIST", "EACCES", "EPERM", "ENOTDIR", "EISDIR", "EPIPE", "ECONNREFUSED", "ETIMEDOUT", "EINTR", "EAGAIN", "ESRCH", "ECHILD"):
    error = OSError(getattr(errno, n), "text", "file")
    print(n, type(error).__name__, error.strerror, error.filename)
