from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto


class Kind(Enum):
    DEPOSIT = auto()
    WITHDRAWAL = auto()


class InsufficientFunds(Exception):
    def __init__(self, needed, available):
        super().__init__(f"needs {needed}, has {available}")
        self.short = needed - available


@dataclass(frozen=True)
class Entry:
    kind: Kind
    amount: Decimal


@dataclass
class Account:
    owner: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def balance(self):
        return sum((e.amount if e.kind is Kind.DEPOSIT else -e.amount for e in self.entries), Decimal(0))

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.entries.append(Entry(Kind.DEPOSIT, Decimal(amount)))

    def withdraw(self, amount):
        amount = Decimal(amount)
        if amount > self.balance:
            raise InsufficientFunds(amount, self.balance)
        self.entries.append(Entry(Kind.WITHDRAWAL, amount))


a, b = Account("ann"), Account("bob")
a.deposit(Decimal("100.10"))


def transfer(src, dst, amount):
    src.withdraw(amount)
    dst.deposit(Decimal(amount))


transfer(a, b, "30.05")
print(a.balance, b.balance, a.entries)
for action in (lambda: transfer(b, a, 1000), lambda: a.deposit(Decimal(-5)), lambda: setattr(a.entries[0], "amount", 0)):
    try:
        action()
    except InsufficientFunds as error:
        print("insufficient", error, error.short)
    except Exception as error:
        print(type(error).__name__, error)
print(a, a == Account("ann", list(a.entries)))
