import io


class Lines:
    def __init__(self, text):
        self.text = text
        self.closed_by = None

    def read(self, n=-1):
        out, self.text = (self.text, "") if n < 0 else (self.text[:n], self.text[n:])
        return out

    def write(self, s):
        self.text += s
        return len(s)

    def flush(self):
        self.text += "<flush>"


f = Lines("")
print("hello", file=f, flush=True)
print(repr(f.text))
import json
import csv

f = Lines("")
json.dump({"a": 1}, f)
csv.writer(f).writerow([1, 2])
print(repr(f.text), json.load(Lines("[1, 2]")))
for bad in [5, object(), io.BytesIO(), None]:
    try:
        print("x", file=bad, end="\n")
    except Exception as error:
        print(type(error).__name__, str(error).split(" object at")[0])
import contextlib

out = Lines("")
with contextlib.redirect_stdout(out):
    print("captured", end="")
    help_text = int.__doc__.splitlines()[0]
print(out.text, "|", help_text)
opened = []


def opener(path, flags):
    import os

    opened.append((path, flags & os.O_CREAT != 0))
    return os.open(path, flags, 0o600)


with open("via_opener", "w", opener=opener) as f:
    f.write("x")
print(opened, open("via_opener").read())
