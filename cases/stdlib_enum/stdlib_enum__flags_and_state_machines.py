from enum import CONFORM, EJECT, KEEP, STRICT, Enum, Flag, IntEnum, IntFlag, auto, unique


class Perm(Flag):
    NONE = 0
    R = 4
    W = 2
    X = 1
    ALL = R | W | X


def text(p):
    return "".join(m.name.lower() if m in p else "-" for m in (Perm.R, Perm.W, Perm.X))


for n in range(8):
    print(n, Perm(n), text(Perm(n)), [m.name for m in Perm(n)])
print(Perm.ALL & ~Perm.W, Perm.R ^ Perm.ALL, Perm.R | Perm.W == Perm.W | Perm.R, Perm.R in Perm.ALL, bool(Perm.NONE), len(Perm.ALL), Perm["R"], list(Perm))
for boundary in (STRICT, CONFORM, EJECT, KEEP):

    class F(Flag, boundary=boundary):
        A = 1
        B = 2

    try:
        print(boundary, repr(F(9)))
    except ValueError as error:
        print(str(error).splitlines()[0])


class Light(Enum):
    RED = ("stop", 30)
    GREEN = ("go", 25)
    AMBER = ("slow", 5)

    def __init__(self, action, seconds):
        self.action, self.seconds = action, seconds

    @property
    def next(self):
        members = list(type(self))
        return members[(members.index(self) + 1) % len(members)]

    @classmethod
    def by_action(cls, action):
        return next(m for m in cls if m.action == action)

    def __str__(self):
        return f"{self.name.lower()} ({self.seconds}s)"


l = Light.RED
for _ in range(4):
    print(l, end=" -> ")
    l = l.next
print(l.action, Light.by_action("slow"), Light(("go", 25)), repr(Light.RED), f"{Light.RED}")


class Weekday(IntEnum):
    MON = 1
    TUE = auto()
    WED = auto()

    @property
    def weekend(self):
        return self > 5


print(Weekday.TUE + 1, Weekday.WED > Weekday.MON, [d.name for d in Weekday], Weekday(2).weekend, max(Weekday), sum(Weekday), f"{Weekday.MON:03d}", Weekday.MON == 1, {1: "x"}[Weekday.MON], isinstance(Weekday.MON, int))


class Op(Enum):
    ADD = "+"
    SUB = "-"

    def __call__(self, a, b):
        return {"+": a + b, "-": a - b}[self.value]


print(Op("+")(2, 3), Op.SUB(2, 3), [o.value for o in Op], {o: o.name for o in Op}[Op.ADD])
match Op.ADD:
    case Op.SUB:
        print("sub")
    case Op.ADD:
        print("add matched")
