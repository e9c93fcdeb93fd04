import io

b = io.BytesIO(b"0123456789")
print(b.read(3), b.tell(), b.seek(-2, 2), b.read(), b.getvalue(), b.getbuffer()[0], b.readable(), b.truncate(4), b.getvalue(), b.seek(6), b.write(b"x"), b.getvalue())
v = b.getbuffer()
try:
    b.write(b"y" * 100)
except BufferError as error:
    print(error)
v.release()
r = io.BufferedReader(io.BytesIO(b"line1\nline2\nrest"), 4)
print(r.peek(2), r.readline(), r.read1(3), r.read(), r.read(1), r.raw.__class__.__name__)
t = io.TextIOWrapper(io.BytesIO("é\nb\r\nc".encode()), encoding="utf-8")
print(t.readline(), t.read(1), t.tell() > 0, t.read(), t.newlines, t.line_buffering, t.errors, t.encoding)
w = io.TextIOWrapper(raw := io.BytesIO(), "utf-16", newline="\r\n", write_through=True)
w.write("a\n")
print(raw.getvalue())
w.reconfigure(encoding="ascii", errors="replace")
w.write("é")
print(raw.getvalue(), w.detach() is raw)


class Upper(io.RawIOBase):
    def __init__(self, data):
        self.data = data

    def readable(self):
        return True

    def readinto(self, buf):
        n = min(len(buf), len(self.data), 3)
        buf[:n] = self.data[:n].upper()
        self.data = self.data[n:]
        return n


print(Upper(b"hello").read(), io.BufferedReader(Upper(b"hello world")).readline(), list(io.TextIOWrapper(io.BufferedReader(Upper(b"a\nb\n")))))
p = io.BufferedRandom(io.BytesIO(b"abcdef"))
p.read(2)
p.write(b"ZZ")
p.seek(0)
print(p.read(), io.DEFAULT_BUFFER_SIZE)
f = io.open("t.txt", "w+")
f.write("x" * 10)
f.flush()
f.seek(0)
print(f.read(4), f.buffer.__class__.__name__, f.buffer.raw.__class__.__name__, io.FileIO("t.txt").readall())
f.close()
for bad in ["io.BytesIO('x')", "io.BytesIO().write('x')", "io.TextIOWrapper(io.StringIO('x'))", "t.write('x')", "io.BytesIO().seek(-1)", "io.BufferedReader(io.BytesIO(), 0)", "f.read()", "io.BytesIO(b'x').read('a')", "io.RawIOBase().read()", "w.write('x')", "io.TextIOWrapper(io.BytesIO(b'\\xff'), 'utf-8').read()", "io.FileIO('t.txt', 'q')", "io.FileIO('nope')", "io.IOBase().fileno()", "io.TextIOWrapper(io.BytesIO(), newline='bad')", "io.open_code('nope')", "io.BytesIO(b'a').readinto(b'x')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(io.IncrementalNewlineDecoder(None, True).decode("a\r\nb\r"), io.text_encoding(None), isinstance(b, io.IOBase), io.BytesIO(b"a\nb").readlines(), [line for line in io.BytesIO(b"x\ny")])
