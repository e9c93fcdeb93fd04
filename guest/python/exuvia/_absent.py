"""What a program is told that wants what this build of the standard library has not."""

import errno
import functools

from ._network import saying

NO_CTYPES = "No module named '_ctypes': ctypes calls machine code, and the sandbox runs none"
NO_TLS = "the sandbox has no TLS and no network: its host can lend an HTTP tool or mount that fetches things"


def ctypes(module, execute):
    """Changes `ctypes`: its import says why it fails."""
    absent = functools.partial(ModuleNotFoundError, name="_ctypes")
    saying(execute, ModuleNotFoundError, absent, NO_CTYPES)(module)


def ssl(module, execute):
    """Changes `ssl`: contexts can be made, as packages do when they are imported; connections cannot."""
    execute(module)

    def refuse(name, place):
        def refused(*_arguments, **_options):
            raise module.SSLError(errno.ENOTSUP, NO_TLS)

        there = getattr(place, name)
        setattr(place, name, functools.update_wrapper(refused, there))

    for name in ("wrap_bio", "wrap_socket"):
        refuse(name, module.SSLContext)
    refuse("get_server_certificate", module)
