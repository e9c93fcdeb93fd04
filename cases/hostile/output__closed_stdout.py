import os

print("before", flush=True)
os.close(1)
try:
    print("after", flush=True)
except OSError as error:
    pass
