import sys

sys.stdout.write("x" * 500_000_000)
