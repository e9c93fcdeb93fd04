import errno
import os

for name in ("EPERM", "ENOENT", "EINTR", "EIO", "EBADF", "EAGAIN", "ENOMEM", "EACCES", "EEXIST", "ENOTDIR", "EISDIR", "EINVAL", "EMFILE", "ENOSPC", "ESPIPE", "EROFS", "EPIPE", "EDOM", "ERANGE", "ENAMETOOLONG", "ENOSYS", "ENOTEMPTY", "ELOOP", "ETIMEDOUT", "ECONNREFUSED"):
    code = getattr(errno, name)
    print(name, code, errno.errorcode[code], os.strerror(code), type(OSError(code, "x")).__name__)
print(len(errno.errorcode) > 50, os.strerror(0), OSError(errno.ENOENT, "m") .errno == errno.ENOENT)
