import argparse
import contextlib
import io

p = argparse.ArgumentParser(prog="demo", description="A demo.", epilog="The end.", color=False)
p.add_argument("source", help="the source")
p.add_argument("targets", nargs="*", default=["t"])
p.add_argument("-n", "--number", type=int, default=3, metavar="N", help="a number (default: %(default)s)")
p.add_argument("-v", "--verbose", action="count", default=0)
p.add_argument("--flag", action=argparse.BooleanOptionalAction)
p.add_argument("--mode", choices=["fast", "slow"])
p.add_argument("--add", action="append", type=float)
p.add_argument("--const", action="store_const", const=42)
g = p.add_mutually_exclusive_group()
g.add_argument("--one", action="store_true")
g.add_argument("--two", action="store_false")
p.add_argument("--version", action="version", version="%(prog)s 1.0")
p.print_help()
p.print_usage()
for args in [["s"], ["s", "a", "b", "-n5", "-vvv", "--no-flag"], ["--mode=slow", "s", "--add", "1", "--add", "2.5", "--const"], ["s", "--numb", "7", "--two"], ["--", "-s"]]:
    print(p.parse_args(args))
print(p.parse_known_args(["s", "--unknown", "x"]), p.parse_intermixed_args(["s", "-v", "t"]) )
for args in [[], ["s", "-n", "x"], ["s", "--mode", "bad"], ["s", "--one", "--two"], ["s", "--nope"], ["s", "-n"], ["s", "--ver"], ["s", "--version"], ["s", "--number=1", "--n"], ["s", "--add"], ["-h"]]:
    err, out = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
            p.parse_args(args)
    except SystemExit as stop:
        print(args, stop.code, err.getvalue().splitlines()[-1:], out.getvalue()[:12])
