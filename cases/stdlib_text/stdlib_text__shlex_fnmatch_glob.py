import fnmatch
import glob
import os
import shlex

print(shlex.split("a 'b c' \"d 'e'\" f\\ g # not comment"), shlex.split("x # c", comments=True), shlex.join(["a b", "it's", "", "ok"]), shlex.quote("a$b"))
for bad in ["'open", 'x "y', "x\\"]:
    try:
        shlex.split(bad)
    except ValueError as error:
        print(error)
lexer = shlex.shlex("a=b; c|d && (e)", punctuation_chars=True)
print(list(lexer))
print(fnmatch.fnmatch("file.TXT", "*.txt"), fnmatch.fnmatchcase("file.txt", "f?le.[ft]xt"), fnmatch.filter(["a.py", "b.pyc", "c.py"], "*.py"), fnmatch.translate("a*[!b]?"), fnmatch.filterfalse(["a", "b"], "a"))
for name in ["a.txt", "b.txt", "c.py", ".hidden", "d/e.txt", "d/f/g.txt"]:
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    open(name, "w").close()
print(sorted(glob.glob("*")), sorted(glob.glob("*.txt")), sorted(glob.glob("**/*.txt", recursive=True)), glob.glob("[bc].*") and sorted(glob.glob("[bc].*")), glob.glob("nope*"), sorted(glob.glob("*", include_hidden=True)), sorted(glob.glob("*.txt", root_dir="d")))
print(glob.escape("a[1]*?"), glob.has_magic("a*"), glob.translate("**/*.py", recursive=True))
