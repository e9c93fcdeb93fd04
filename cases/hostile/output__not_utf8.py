import sys

sys.stdout.buffer.write(b"\xff\xfe\n")
sys.stdout.flush()
