import cmd
import code
import codeop
import contextlib
import io

print(codeop.compile_command("1 + 1") is not None, codeop.compile_command("if 1:"), codeop.compile_command("(1,"))
try:
    codeop.compile_command("1 +* 2")
except SyntaxError as error:
    print(error.msg)
shell = code.InteractiveConsole({"x": 5})
err, out = io.StringIO(), io.StringIO()
with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
    results = [shell.push(line) for line in ["x + 1", "def f():", "    return 7", "", "f()", "y = [", "1]", "y", "1/0", "_"]]
print(results, out.getvalue().split(), err.getvalue().splitlines()[-1])


class Shell(cmd.Cmd):
    prompt = "> "

    def do_greet(self, arg):
        "Greets."
        print("hello", arg or "nobody", file=self.stdout)

    def do_quit(self, arg):
        return True

    def default(self, line):
        print("unknown", line, file=self.stdout)

    def emptyline(self):
        print("empty", file=self.stdout)


out = io.StringIO()
s = Shell(stdin=io.StringIO("greet ann\n\nhelp greet\nnope x\n?\nquit\ngreet no\n"), stdout=out)
s.use_rawinput = False
s.cmdloop("intro")
print(out.getvalue())
print(s.completenames("gr"), s.parseline("greet a b"))
