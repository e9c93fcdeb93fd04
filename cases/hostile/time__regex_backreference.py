import re

re.match(r"(x?){60}\1x{60}$", "x" * 61)
