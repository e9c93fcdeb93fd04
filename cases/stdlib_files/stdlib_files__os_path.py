import ntpath
import os.path as p
import posixpath

print(p.join("a", "b", "c.txt"), p.join("a", "/b"), p.join("a/", ""), p.split("/a/b/"), p.splitext("a.tar.gz"), p.splitext(".bashrc"), p.basename("a/b"), p.dirname("a/b/c"), p.normpath("a//b/../c/./d"), p.isabs("/a"), p.commonpath(["/a/b", "/a/c"]), p.commonprefix(["abc", "abd"]), p.relpath("/a/b", "/a/c/d"), p.splitroot("/a/b"), p.expanduser("x"), p.normcase("A"), p.split(""), p.normpath(""), p.join(b"a", b"b"), p.splitdrive("c:/x"))
print(ntpath.join("c:\\a", "b"), ntpath.splitdrive("c:\\a\\b"), ntpath.normpath("a/b\\..\\c"), ntpath.basename("c:\\x\\y.txt"), ntpath.isabs("c:\\"), ntpath.split("\\\\srv\\share\\f"), ntpath.isreserved("con.txt"), ntpath.splitroot("c:/a"))
import os

os.environ["DEMO_VAR"] = "value"
print(p.expandvars("$DEMO_VAR/${DEMO_VAR}/$NOPE_X"), os.fspath("a"), os.fsencode("é"), os.fsdecode(b"\xff").encode("utf-8", "surrogateescape"), os.sep, os.linesep.encode(), os.extsep, os.pardir, os.curdir, os.devnull)


class Path:
    def __fspath__(self):
        return "from/fspath"


print(p.join(Path(), "x"), os.fspath(Path()), p.basename(Path()))
for bad in ["p.join('a', 5)", "p.join('a', b'b')", "os.fspath(5)", "p.commonpath([])", "p.commonpath(['/a', 'b'])", "p.relpath('')", "p.splitext(5)", "p.exists(None)"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(p.exists("\0"), p.samefile(".", os.getcwd()), p.lexists("nope"), p.ismount("/"), p.isjunction("."), p.realpath("/a/../b"), p.abspath("/x/./y/.."))
print(os.environ.get("DEMO_VAR"), os.getenv("NOPE_X", "default"), "DEMO_VAR" in os.environ, os.environ.pop("DEMO_VAR"), os.getenv("DEMO_VAR"))
for bad in ["os.environ['NOPE_X']", "os.environ.__setitem__('A', 5)", "os.environ.__setitem__('A=B', '')", "os.environ.__setitem__('A', '\\0')", "os.unsetenv('')"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
