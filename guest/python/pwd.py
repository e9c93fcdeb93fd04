"""The user of the sandbox, for programs that look their home or their name up.

CPython's own `pwd` is not in this build. There is one user, whom nobody else's
machine knows; root owns the standard library.
"""

from operator import index as _index


class struct_passwd(tuple):
    """A user: pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell."""

    __slots__ = ()
    n_fields = n_sequence_fields = 7
    n_unnamed_fields = 0
    __match_args__ = ("pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell")

    pw_name = property(lambda self: self[0])
    pw_passwd = property(lambda self: self[1])
    pw_uid = property(lambda self: self[2])
    pw_gid = property(lambda self: self[3])
    pw_gecos = property(lambda self: self[4])
    pw_dir = property(lambda self: self[5])
    pw_shell = property(lambda self: self[6])

    def __repr__(self):
        fields = ", ".join(f"{name}={value!r}" for name, value in zip(self.__match_args__, self))
        return f"pwd.struct_passwd({fields})"


_USERS = (
    struct_passwd(("root", "x", 0, 0, "root", "/", "/bin/sh")),
    struct_passwd(("user", "x", 1000, 1000, "user", "/home/user", "/bin/sh")),
)


def getpwuid(uid, /):
    """Returns the user with that number; KeyError if there is none."""
    uid = _index(uid)
    for user in _USERS:
        if user.pw_uid == uid:
            return user
    raise KeyError(f"getpwuid(): uid not found: {uid}")


def getpwnam(name, /):
    """Returns the user with that name; KeyError if there is none."""
    if not isinstance(name, str):
        raise TypeError(f"getpwnam() argument must be str, not {type(name).__name__}")
    for user in _USERS:
        if user.pw_name == name:
            return user
    raise KeyError(f"getpwnam(): name not found: {name!r}")


def getpwall():
    """Returns all users."""
    return list(_USERS)
