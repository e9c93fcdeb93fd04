try:
    1 / 0
except ZeroDivisionError as error:
    t = error.__traceback__
    try:
        t.tb_next = t
    except ValueError:
        raise KeyError("refused")
