import io
import textwrap

s = io.StringIO("line one\nline two\n\nlast")
print(s.readline(), s.read(4), s.tell(), list(s), s.read(), s.seek(0), s.readlines())
s.seek(5)
s.write("ONE!")
s.truncate(12)
print(repr(s.getvalue()), s.closed, s.readable(), s.writable(), s.seekable(), s.isatty())
s.close()
try:
    s.read()
except ValueError as error:
    print(error)
n = io.StringIO("a\r\nb\rc", newline=None)
print(repr(n.read()), n.newlines)
n = io.StringIO(newline="\r\n")
n.write("a\nb")
print(repr(n.getvalue()))
for bad in ["io.StringIO(b'x')", "io.StringIO().write(b'x')", "io.StringIO('x').seek(-1)", "io.StringIO('x').seek(1, 1)", "io.StringIO('x').read('a')", "io.StringIO().fileno()"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
w = textwrap.TextWrapper(width=20, initial_indent="* ", subsequent_indent="  ", max_lines=3, placeholder=" [...]")
print(w.fill("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu"))
print(textwrap.dedent("""
    def f():
        return 1

      odd
    """))
print(repr(textwrap.indent("a\n \nb", "--", lambda line: True)), textwrap.wrap("", 5), textwrap.wrap("a\tb  c", 80, expand_tabs=False, replace_whitespace=False), textwrap.wrap("one. two", 80, fix_sentence_endings=True))
