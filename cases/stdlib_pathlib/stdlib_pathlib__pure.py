from pathlib import *

p = PurePosixPath("/usr/lib/python3/site.tar.gz")
print(p.parts, p.name, p.stem, p.suffix, p.suffixes, p.parent, list(p.parents)[:2], p.root, p.anchor, p.is_absolute(), p.as_uri() if False else p.as_posix(), p.with_name("x"), p.with_suffix(".zip"), p.with_stem("new"), p.relative_to("/usr"), p.is_relative_to("/usr"), p.match("*.gz"), p.full_match("/usr/**/*.gz"), p / "a" / "b", "x" / PurePosixPath("y"), p.joinpath("..", "z"), p.parents[-1])
w = PureWindowsPath("c:\\Dir\\File.TXT")
print(repr(w), w.drive, w.parts, w.as_posix(), w == PureWindowsPath("C:/dir/file.txt"), w.suffix, w.is_reserved() if False else "", w.anchor, w.relative_to("c:/dir"))
print(PurePosixPath("a//b/./c"), PurePosixPath(""), PurePosixPath("a/..") , PurePosixPath("a", "/b"), PurePosixPath("a") < PurePosixPath("b"), hash(PurePosixPath("a")) == hash(PurePosixPath("a")), repr(PurePosixPath("x")), PurePosixPath("a/b").relative_to("a/c/d", walk_up=True), bytes(PurePosixPath("é")), PurePosixPath(".hidden").suffix, PurePosixPath("a.").suffix, PurePosixPath("a/b/").name)
for bad in ["p.relative_to('/etc')", "PurePosixPath('').with_name('x')", "p.with_name('a/b')", "p.with_suffix('txt')", "PurePosixPath(5)", "p / 5", "p < w", "p.parents[9]", "PurePosixPath(b'x')", "p.match('')", "PurePosixPath('/').with_suffix('.x')", "WindowsPath('x')", "PurePosixPath('a').relative_to('..', walk_up=True)", "p == 'x'"]:
    try:
        print(bad, "=", eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(PurePosixPath("a/b") == PureWindowsPath("a/b"), sorted([PurePosixPath("b"), PurePosixPath("a/c"), PurePosixPath("a")]), PurePosixPath("/a").is_relative_to("/b"), PurePosixPath("x/y.py").match("x/*.py"), PurePosixPath.from_uri("file:///a%20b") if hasattr(PurePosixPath, "from_uri") else "-")
