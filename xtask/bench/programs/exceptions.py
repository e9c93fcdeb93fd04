"""Raising and catching, through several frames, with `finally` and causes."""

SMALL, LARGE = 1_500, 60_000


class Refused(ValueError):
    def __init__(self, number):
        super().__init__(f"refused {number}")
        self.number = number


def inner(i):
    if i % 3 == 0:
        raise Refused(i)
    if i % 3 == 1:
        return {}["absent"]
    return i


def middle(i):
    try:
        return inner(i)
    except KeyError as error:
        raise LookupError(i) from error
    finally:
        i += 1


def run(n):
    refused = missing = passed = 0
    for i in range(n):
        try:
            passed += middle(i)
        except Refused as error:
            refused += error.number
        except LookupError as error:
            missing += error.args[0] if error.__cause__ is not None else 0
    return refused, missing, passed
