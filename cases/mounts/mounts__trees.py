"""Whole trees: made, walked, matched, copied, moved, removed."""
import glob
import os
import shutil
from pathlib import Path

root = Path("project")
for folder in ("src/app", "src/lib/deep", "docs", "empty"):
    (root / folder).mkdir(parents=True)
for name in ("src/app/main.py", "src/app/util.py", "src/lib/deep/x.py", "docs/read.md", "docs/Größe ☃.txt"):
    (root / name).write_text(f"# {name}\n", encoding="utf-8")
(root / "src/latest").symlink_to("app")
(root / "src/dangling").symlink_to("nowhere")

print(sorted(str(path) for path in root.rglob("*.py")))
print(sorted(glob.glob("project/**/*.py", recursive=True)))
print(sorted(glob.glob("project/docs/[rG]*")))
with os.scandir(root / "src") as entries:
    print(sorted((entry.name, entry.is_dir(), entry.is_symlink()) for entry in entries))
print((root / "src/latest/main.py").read_text(), end="")
print(os.readlink(root / "src/dangling"), (root / "src/dangling").exists())

shutil.copytree(root, "copy", symlinks=True)
print(sorted(os.listdir("copy/src")), os.path.islink("copy/src/latest"))
shutil.move("copy/docs", "moved")
os.rename("copy/src/lib", "copy/library")
print(sorted(str(path) for path in Path("copy").rglob("*") if not path.is_symlink()))
print(sorted(os.listdir("moved")))
os.replace("copy/library/deep/x.py", "copy/src/app/util.py")
print(Path("copy/src/app/util.py").read_text(), end="")

for attempt in (
    lambda: os.rmdir("copy/src"),
    lambda: os.mkdir("moved"),
    lambda: os.rename("copy", "copy/src/inside"),
    lambda: os.rename("moved", "copy/src/app/main.py"),
    lambda: os.rename("copy/src/app/main.py", "moved"),
    lambda: os.unlink("moved"),
    lambda: os.rmdir("copy/src/app/main.py"),
    lambda: open("project/none/file", "w"),
    lambda: open("project/docs/read.md/x"),
    lambda: open("project/docs/read.md", "x"),
    lambda: os.listdir("gone"),
):
    try:
        attempt()
        print("done")
    except OSError as error:
        print(type(error).__name__, error.strerror)
shutil.rmtree("copy")
shutil.rmtree("moved")
print(sorted(os.listdir()))
