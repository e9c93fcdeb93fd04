import re

while True:
    try:
        re.match("(a+)+$", "a" * 60 + "b")
    except BaseException:
        pass
