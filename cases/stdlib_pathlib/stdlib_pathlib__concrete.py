from pathlib import Path

root = Path("base")
root.mkdir()
(root / "sub" / "deep").mkdir(parents=True)
print((root / "a.txt").write_text("hello\nworld\n"), (root / "b.bin").write_bytes(b"\x00\x01"), (root / "sub" / "c.py").touch())
print((root / "a.txt").read_text().splitlines(), (root / "b.bin").read_bytes(), (root / "a.txt").exists(), root.is_dir(), (root / "a.txt").is_file(), (root / "nope").exists(), (root / "a.txt").stat().st_size)
print(sorted(map(str, root.iterdir())), sorted(map(str, root.glob("*.txt"))), sorted(map(str, root.rglob("*"))), sorted(map(str, root.glob("**/*.py"))), sorted(p.name for p in root.glob("[ab].*")))
for d, dirs, files in root.walk():
    dirs.sort()
    print(d, dirs, sorted(files))
t = (root / "a.txt").rename(root / "renamed.txt")
print(t, t.replace(root / "r2.txt"), t.exists(), (root / "r2.txt").resolve().name, Path("base/../base/r2.txt").resolve().parent.name, (root / "r2.txt").samefile("base/r2.txt"))
(root / "link").symlink_to("r2.txt")
print((root / "link").is_symlink(), (root / "link").read_text() == "hello\nworld\n", (root / "link").readlink())
with (root / "r2.txt").open("a") as f:
    f.write("more")
print((root / "r2.txt").read_text()[-4:], (root / "r2.txt").copy(root / "copied.txt").name, (root / "copied.txt").move_into(root / "sub"), (root / "r2.txt").info.is_file())
for bad in ["root.mkdir()", "root.rmdir()", "(root / 'nope').unlink()", "(root / 'nope').read_text()", "root.read_text()", "(root / 'x' / 'y').mkdir()", "(root / 'r2.txt').iterdir().__class__", "list((root / 'r2.txt').iterdir())", "(root / 'r2.txt').touch(exist_ok=False)", "list(root.glob(''))", "(root / 'r2.txt').write_text(5)", "list(root.glob('/abs'))", "(root / 'b.bin').write_bytes('x')"]:
    try:
        print(bad, "=", eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
(root / "nope").unlink(missing_ok=True)
root.mkdir(exist_ok=True)
print(Path("x") / "y", Path() == Path("."), Path("a").absolute().is_absolute(), Path("~x").name, isinstance(Path("a"), Path), type(Path("a")).__name__, Path(__file__).name)
