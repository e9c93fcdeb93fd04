import sys


def down(n):
    return down(n + 1)


try:
    down(0)
except RecursionError as error:
    print(type(error).__name__, error)


def depth(n=0):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


print(depth() > 500, depth() < 1000)
sys.setrecursionlimit(200)
print(depth() < 200, sys.getrecursionlimit())
for bad in ["sys.setrecursionlimit(0)", "sys.setrecursionlimit(-5)", "sys.setrecursionlimit('a')", "sys.setrecursionlimit(2**40)"]:
    try:
        eval(bad)
        print("set", sys.getrecursionlimit())
    except Exception as error:
        print(type(error).__name__, str(error)[:60])
sys.setrecursionlimit(1000)


def mutual_a(n):
    return mutual_b(n)


def mutual_b(n):
    return mutual_a(n)


try:
    mutual_a(1)
except RecursionError:
    print("mutual")
print("alive", sum(range(10)))
