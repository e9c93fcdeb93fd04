import glob
import os

for path in ("a.py", "b.py", "a.txt", "A.PY", ".hidden.py", "sub/c.py", "sub/deep/d.py", "sub/.x/e.py", "[odd].py", "sp ace.py", "é.py"):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    open(path, "w").close()
for pattern in ("*", "*.py", "?.py", "[ab].py", "[!ab].py", "[a-z].py", ".*", "*/*.py", "**", "**/*.py", "sub/**", "sub/*/", "nope/*", "[[]odd].py", "a.*", "*.P*", "su?/c.py", "", "./*.txt", "**/d.py"):
    print(repr(pattern), sorted(glob.glob(pattern)), sorted(glob.glob(pattern, recursive=True)) if "**" in pattern else "")
print(sorted(glob.iglob("*.py", root_dir="sub")), sorted(glob.glob("**/*.py", recursive=True, include_hidden=True)), glob.escape("[odd]*.py"), glob.glob(glob.escape("[odd].py")))
