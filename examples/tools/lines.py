"""Calls a tool, once and many at a time: `exuvia run --config exuvia.toml lines.py`."""

from exuvia import parallel
from exuvia.tools import count_lines

with open("/orders/orders.csv") as file:
    print(count_lines(file.read()), "lines")
print(parallel(count_lines, ["x\n" * lines for lines in range(50)]))
with open("/notes/exuvia.toml", "w") as file:
    file.write("only in the sandbox\n")
