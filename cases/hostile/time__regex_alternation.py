import re

re.match("(a|aa)+$", "a" * 100 + "b")
