class Event:
    def __init__(self):
        self.handlers = []

    def __iadd__(self, h):
        self.handlers.append(h)
        return self

    def __isub__(self, h):
        self.handlers.remove(h)
        return self

    def __call__(self, *a, **k):
        return [h(*a, **k) for h in list(self.handlers)]


class Button:
    def __init__(self):
        self.clicked = Event()


log = []
b = Button()
b.clicked += lambda x: log.append(("first", x)) or 1


def second(x):
    log.append(("second", x))
    b.clicked -= second
    return 2


b.clicked += second
print(b.clicked(5), b.clicked(6), log)


class Observable:
    def __init__(self, value):
        self._value, self._watch = value, []

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, new):
        old, self._value = self._value, new
        if old != new:
            for w in self._watch:
                w(old, new)

    def watch(self, f):
        self._watch.append(f)
        return f


o = Observable(1)


@o.watch
def changed(old, new):
    print(f"{old} -> {new}")


for v in (1, 2, 2, 3):
    o.value = v


class Machine:
    table = {("idle", "start"): "running", ("running", "pause"): "paused", ("paused", "start"): "running", ("running", "stop"): "idle"}

    def __init__(self):
        self.state = "idle"

    def send(self, event):
        try:
            self.state = self.table[self.state, event]
        except KeyError:
            raise ValueError(f"cannot {event} while {self.state}") from None
        return self.state


m = Machine()
for e in ["start", "pause", "stop", "start", "stop"]:
    try:
        print(e, m.send(e))
    except ValueError as error:
        print(error, error.__cause__)
