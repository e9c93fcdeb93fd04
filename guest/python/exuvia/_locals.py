"""`threading.local` for threads that take turns.

The attributes of the thread that runs lie in the object's own `__dict__`; when
another one gets its turn they are put aside. So reading one costs nothing, and a
turn costs a little for each such object. The classes that have an `__init__` are
the exception: it is called when a thread first uses the object, so each use asks.
"""

from _weakref import ref

ACCESS = ("__getattribute__", "__setattr__", "__delattr__")

owner = None
"""The thread whose attributes are in place; None while that is not known."""

_references = {}


class local:
    """Attributes of which each thread has its own."""

    __slots__ = ("__dict__", "__weakref__", "_aside")

    def __new__(cls, /, *args, **kwargs):
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        self = object.__new__(cls)
        _set_aside(self, _Aside(args, kwargs, _attributes.__get__(self)))
        key = id(self)
        _references[key] = ref(self, lambda _: _references.pop(key, None))
        return self

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.__init__ is object.__init__:
            return
        for name in ACCESS:
            access = getattr(cls, name)
            if not hasattr(access, "initialises"):
                setattr(cls, name, _initialising(access))


class _Aside:
    """What a `local` knows besides the attributes in place."""

    __slots__ = ("args", "kwargs", "own", "all")

    def __init__(self, args, kwargs, attributes):
        self.args = args
        self.kwargs = kwargs
        self.own = _Own(attributes, False)
        self.all = {owner: self.own}


class _Own:
    """What one thread has of a `local`; `fresh` until its `__init__` has been called there."""

    __slots__ = ("attributes", "fresh")

    def __init__(self, attributes, fresh):
        self.attributes = attributes
        self.fresh = fresh


local.__module__ = "_thread"
local.__qualname__ = local.__name__ = "_local"
_set_aside = local._aside.__set__
_get_aside = local._aside.__get__
_attributes = local.__dict__["__dict__"]
"""The descriptor of an object's `__dict__`, which no subclass hides."""


def _initialising(access):
    """Returns the accessor that first calls `__init__` where this thread has not done so."""

    def initialise_and_access(self, *args):
        aside = _get_aside(self)
        if aside.own.fresh:
            aside.own.fresh = False
            self.__init__(*aside.args, **aside.kwargs)
        return access(self, *args)

    initialise_and_access.initialises = True
    return initialise_and_access


def switch(thread):
    """Puts the attributes of `thread` in place; to be called again if an interrupt ends it."""
    global owner
    if _references:
        owner = None
        for reference in list(_references.values()):
            each = reference()
            if each is not None:
                _put_in_place(each, thread)
    owner = thread


def _put_in_place(each, thread):
    """Puts the attributes of `thread` in the place of those that are in `each`."""
    aside = _get_aside(each)
    own = aside.all.get(thread)
    if own is None:
        own = aside.all[thread] = _Own({}, True)
    _attributes.__set__(each, own.attributes)
    aside.own = own


def forget(thread):
    """Lets go of the attributes of a thread that has ended and is not in place."""
    for reference in list(_references.values()):
        each = reference()
        if each is not None:
            _get_aside(each).all.pop(thread, None)
