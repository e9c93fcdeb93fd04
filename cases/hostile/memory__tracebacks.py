errors = []


def f(n):
    if n:
        f(n - 1)
    try:
        1 / 0
    except ZeroDivisionError as e:
        errors.append(e)


while True:
    f(500)
