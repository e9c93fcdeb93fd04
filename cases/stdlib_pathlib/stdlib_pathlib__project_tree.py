import os
from pathlib import Path, PurePath

tree = {"README.md": "# hi\n", "src": {"main.py": "print(1)\n", "lib": {"a.py": "x = 1\ny = 2\n", "b.txt": "text"}}, "empty": {}}


def build(root, tree):
    root.mkdir(parents=True, exist_ok=True)
    for name, content in tree.items():
        p = root / name
        build(p, content) if isinstance(content, dict) else p.write_text(content)


def show(p, depth=0):
    for child in sorted(p.iterdir()):
        print("  " * depth + child.name + ("/" if child.is_dir() else f" {child.stat().st_size}"))
        if child.is_dir():
            show(child, depth + 1)


root = Path("proj")
build(root, tree)
show(root)
print({p.relative_to(root).as_posix(): len(p.read_text().splitlines()) for p in sorted(root.rglob("*.py"))}, sorted(p.suffix for p in root.rglob("*.*")), sum(p.stat().st_size for p in root.rglob("*") if p.is_file()))
for p in sorted(root.rglob("*.py")):
    p.rename(p.with_suffix(".pyx"))
print(sorted(str(p.relative_to(root)) for p in root.glob("**/*.pyx")), [p.name for p in sorted(root.iterdir()) if not any(p.iterdir())] if False else sorted(p.name for p in root.iterdir() if p.is_dir()))


def remove(p):
    if p.is_dir() and not p.is_symlink():
        for c in p.iterdir():
            remove(c)
        p.rmdir()
    else:
        p.unlink()


remove(root / "src")
print(sorted(str(p) for p in root.rglob("*")), (root / "src").exists())
(root / "log.txt").write_text("")
for i in range(3):
    with (root / "log.txt").open("a") as f:
        f.write(f"line {i}\n")
print((root / "log.txt").read_text(), os.path.relpath("proj/log.txt", "proj/empty"), PurePath("a/b/../c"), Path("a/b/../c").resolve().name, [str(p) for p in Path("x/y/z").parents])
