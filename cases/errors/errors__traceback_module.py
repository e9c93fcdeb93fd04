import sys
import traceback

exec(compile("def f():\n    x = 1\n    g()\ndef g():\n    raise ValueError('v')", "<demo>", "exec"))
try:
    f()
except ValueError as error:
    stack = traceback.extract_tb(error.__traceback__)
    print([(s.name, s.lineno, s.filename == "<demo>") for s in stack][1:])
    print(traceback.format_exception_only(error), traceback.format_exception_only(type(error), error))
    te = traceback.TracebackException.from_exception(error, capture_locals=True)
    print(te.exc_type_str, str(te), te.stack[-2].locals)
    print(len(list(traceback.walk_tb(error.__traceback__))), error.__traceback__.tb_next.tb_frame.f_code.co_name, error.__traceback__.tb_lineno > 0)
    error.add_note("note one")
    error.add_note("note\ntwo")
    print("".join(traceback.format_exception_only(error)))
    print(error.__notes__)
    try:
        error.add_note(5)
    except TypeError as e:
        print(e)
e = ValueError("plain")
print(traceback.format_exception(e), e.__traceback__, e.with_traceback(None) is e)
g = ExceptionGroup("eg", [ValueError("a"), ExceptionGroup("in", [TypeError("b\nc")])])
print("".join(traceback.format_exception(g)))
s = SyntaxError("bad", ("<demo>", 3, 5, "x = = 1\n", 3, 6))
print("".join(traceback.format_exception_only(s)))
try:
    compile("x = (1,\ny = 2", "<demo>", "exec")
except SyntaxError as error:
    print("".join(traceback.format_exception_only(error)))
try:
    compile("if 1:\nx", "<demo>", "exec")
except SyntaxError as error:
    print("".join(traceback.format_exception_only(error)), error.text, error.print_file_and_line)
traceback.print_exception(KeyError("k"), file=sys.stdout)


class Odd(Exception):
    def __str__(self):
        raise RuntimeError


print(traceback.format_exception_only(Odd()))
