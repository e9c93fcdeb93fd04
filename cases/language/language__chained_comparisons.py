log = []


def v(n):
    log.append(n)
    return n


print(v(1) < v(2) < v(3), log)
log.clear()
print(v(3) < v(2) < v(1), log)
print(1 < 2 > 1 != 3 == 3 in [3] is not None)
print(1 == 1 in [1], (1 == 1) in [1], not 1 == 2, 5 > 4 > 3 > 2, 1 < 3 < 2)
print("a" < "b" <= "b" != "c", [] == [] == [], None is None is None)


class Odd:
    def __lt__(self, other):
        return []

    def __gt__(self, other):
        return "yes"


print(Odd() < 5 < 6, Odd() > 5 > 4, 5 < Odd())
