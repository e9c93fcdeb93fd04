import re


class ParseError(Exception):
    pass


class Parser:
    def __init__(self, text):
        self.tokens = re.findall(r"\d+\.?\d*|[-+*/^()]|\S", text) + [None]
        self.i = 0

    @property
    def peek(self):
        return self.tokens[self.i]

    def take(self, *expected):
        t = self.peek
        if expected and t not in expected:
            raise ParseError(f"expected {' or '.join(expected)}, found {t or 'end'}")
        self.i += 1
        return t

    def parse(self):
        v = self.sum()
        if self.peek is not None:
            raise ParseError(f"unexpected {self.peek!r}")
        return v

    def sum(self):
        v = self.product()
        while self.peek in ("+", "-"):
            v = v + self.product() if self.take() == "+" else v - self.product()
        return v

    def product(self):
        v = self.unary()
        while self.peek in ("*", "/"):
            v = v * self.unary() if self.take() == "*" else v / self.unary()
        return v

    def unary(self):
        if self.peek == "-":
            self.take()
            return -self.unary()
        return self.power()

    def power(self):
        v = self.atom()
        if self.peek == "^":
            self.take()
            return v ** self.unary()
        return v

    def atom(self):
        if self.peek == "(":
            self.take()
            v = self.sum()
            self.take(")")
            return v
        t = self.take()
        if t is None or not t[0].isdigit():
            raise ParseError(f"expected a number, found {t or 'end'}")
        return float(t) if "." in t else int(t)


for text in ["1 + 2 * 3", "(1 + 2) * 3", "2 ^ 3 ^ 2", "-2 ^ 2", "10 / 4 - 1", "1.5 * (2 + -3)", "((7))", "1 +", "(1", "1 2", "a", "1 / 0", ""]:
    try:
        print(text, "=", Parser(text).parse())
    except (ParseError, ZeroDivisionError) as error:
        print(repr(text), type(error).__name__, error)
