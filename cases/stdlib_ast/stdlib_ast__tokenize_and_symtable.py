import io
import keyword
import symtable
import token
import tokenize

source = "def f(x):\n    # comment\n    return x + 1.5, f'{x!r}' 'é'\n"
for t in tokenize.generate_tokens(io.StringIO(source).readline):
    print(token.tok_name[t.type], repr(t.string), t.start, t.end, token.tok_name[t.exact_type])
print(tokenize.untokenize(tokenize.generate_tokens(io.StringIO(source).readline)) == source, tokenize.detect_encoding(io.BytesIO(b"# coding: latin-1\n").readline))
for bad in ["(", "'abc", "if 1:\n  a\n b", "x = $", "'''"]:
    try:
        list(tokenize.generate_tokens(io.StringIO(bad).readline))
        print("ok", repr(bad))
    except (tokenize.TokenError, SyntaxError) as error:
        print(type(error).__name__, error.args[0])
t = symtable.symtable("x = 1\ndef f(a):\n    global g\n    y = a\n    def inner(): return y\n    return z\nclass C:\n    m = 1\n", "<demo>", "exec")
print(t.get_type(), sorted(t.get_identifiers()), [c.get_name() for c in t.get_children()])
blocks = {c.get_name(): c for c in t.get_children()}
f = blocks['f']
for name in ("a", "g", "y", "z", "inner"):
    s = f.lookup(name)
    print(name, s.is_parameter(), s.is_global(), s.is_local(), s.is_free(), s.is_referenced(), s.is_assigned())
print(f.get_parameters(), f.get_locals(), f.get_globals(), f.is_nested(), [c.get_frees() for c in f.get_children() if c.get_name() == 'inner'], blocks['C'].get_type())
print(keyword.iskeyword("for"), keyword.issoftkeyword("match"), keyword.kwlist[:4], keyword.softkwlist)
try:
    symtable.symtable("x =", "<demo>", "exec")
except SyntaxError as error:
    print(error.msg)
