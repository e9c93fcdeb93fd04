import argparse
import contextlib
import io

p = argparse.ArgumentParser(prog="tool", color=False, exit_on_error=False)
sub = p.add_subparsers(dest="command", required=True, title="commands")
add = sub.add_parser("add", help="add things", aliases=["a"])
add.add_argument("nums", nargs="+", type=int)
add.set_defaults(func=lambda a: sum(a.nums))
rep = sub.add_parser("repeat")
rep.add_argument("text")
rep.add_argument("--times", "-t", type=int, default=2)
rep.set_defaults(func=lambda a: a.text * a.times)
for args in (["add", "1", "2"], ["a", "5"], ["repeat", "x", "-t", "3"]):
    ns = p.parse_args(args)
    print(ns.command, ns.func(ns))
print(p.format_help())
print(rep.format_usage())
for args in ([], ["nope"], ["add"], ["repeat", "x", "-t", "q"]):
    err = io.StringIO()
    try:
        with contextlib.redirect_stderr(err):
            p.parse_args(args)
    except argparse.ArgumentError as error:
        print("ArgumentError", error)
    except SystemExit as stop:
        print(stop.code, err.getvalue().splitlines()[-1])


class Upper(argparse.Action):
    def __call__(self, parser, ns, values, option=None):
        setattr(ns, self.dest, values.upper())


def even(s):
    n = int(s)
    if n % 2:
        raise argparse.ArgumentTypeError(f"{n} is odd")
    return n


q = argparse.ArgumentParser(prog="q", argument_default=argparse.SUPPRESS, formatter_class=argparse.RawDescriptionHelpFormatter, description="keeps\n  layout", color=False, allow_abbrev=False, prefix_chars="-+", fromfile_prefix_chars="@")
q.add_argument("--up", action=Upper)
q.add_argument("--even", type=even)
q.add_argument("+x", nargs="?", const="C", default="D")
q.add_argument("--pair", nargs=2, metavar=("A", "B"))
q.add_argument("--rest", nargs=argparse.REMAINDER)
open("args.txt", "w").write("--up\nabc\n")
print(q.parse_args(["@args.txt", "+x", "--pair", "1", "2"]), q.parse_args(["--rest", "-a", "b"]), q.parse_args([], argparse.Namespace(pre=1)))
print(q.format_help())
err = io.StringIO()
with contextlib.redirect_stderr(err), contextlib.suppress(SystemExit):
    q.parse_args(["--even", "3"])
print(err.getvalue())
for bad in ["q.add_argument('--up')", "q.add_argument('x', required=True)", "q.add_argument('-a', 'b')", "q.add_argument('y', action='nope')", "q.add_argument('z', nargs=0)", "q.add_argument('--t', type=5)", "p.add_subparsers()"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
