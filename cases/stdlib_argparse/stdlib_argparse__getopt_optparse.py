import getopt
import optparse
import io
import contextlib

print(getopt.getopt(["-a", "-bval", "--long", "--name=x", "rest", "-z"], "ab:", ["long", "name="]), getopt.gnu_getopt(["x", "-a", "y"], "a"))
for args, short, long in [(["-q"], "a", []), (["-b"], "b:", []), (["--nope"], "", ["long"]), (["--name"], "", ["name="]), (["--long=5"], "", ["long"]), (["--l"], "", ["la", "lb"])]:
    try:
        getopt.getopt(args, short, long)
    except getopt.GetoptError as error:
        print(error, error.opt)
p = optparse.OptionParser(prog="old", usage="%prog [options] x", version="1")
p.add_option("-n", type="int", dest="n", default=1, help="number [%default]")
p.add_option("-q", action="store_true")
p.add_option("--choice", type="choice", choices=["a", "b"])
opts, args = p.parse_args(["-n", "5", "-q", "pos"])
print(opts, args, opts.n)
print(p.format_help())
for bad in (["-n", "x"], ["--choice", "z"], ["-z"]):
    err = io.StringIO()
    try:
        with contextlib.redirect_stderr(err):
            p.parse_args(bad)
    except SystemExit as stop:
        print(stop.code, err.getvalue().splitlines()[-1])
