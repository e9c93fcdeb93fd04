"""What a program is told that wants a network: that there is none, and what to do."""

import errno
import functools

LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")
MESSAGE = "the sandbox has no network: its host can lend an HTTP tool or mount that fetches things"


def change(module):
    """Makes `socket`'s sockets and look-ups of names say what to do; may be called again."""
    import _socket

    create = module.socket.__init__
    if hasattr(create, "__wrapped__"):
        return
    module.socket.__init__ = saying(create, PermissionError, functools.partial(PermissionError, errno.EACCES), MESSAGE)
    for name in LOOK_UPS:
        there = getattr(_socket, name, None)
        if there is not None:
            changed = saying(there, OSError, functools.partial(module.gaierror, module.EAI_FAIL), MESSAGE)
            setattr(_socket, name, changed)
            # `socket` has some of them from there, and its own of others.
            if getattr(module, name) is there:
                setattr(module, name, changed)


def saying(function, refusal, error, message):
    """Returns a function that calls another one and says more when that is refused."""

    @functools.wraps(function)
    def call(*arguments, **options):
        try:
            return function(*arguments, **options)
        except refusal:
            raise error(message) from None

    return call
