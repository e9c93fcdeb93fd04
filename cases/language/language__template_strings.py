from string.templatelib import Interpolation, Template

name, n = "Ann", 3
t = t"Hello {name!r:>10}, {n + 1:03d} {n=}!"
print(type(t).__name__, t.strings, t.values)
for part in t:
    match part:
        case str() as s:
            print("text", repr(s))
        case Interpolation(value, expression, conversion, spec):
            print("value", repr(value), expression, conversion, spec)
for i in t.interpolations:
    print(repr(i))


def html(template):
    out = []
    for part in template:
        if isinstance(part, str):
            out.append(part)
        else:
            out.append(str(part.value).replace("<", "&lt;"))
    return "".join(out)


evil = "<script>"
print(html(t"<p>{evil}</p>"))
joined = t"a{1}" + t"{2}b"
print(joined.strings, joined.values)
print(t"".strings, list(t""), rt"\n{n}".strings)
try:
    t"a" + "b"
except TypeError as error:
    print(error)
print(Template("x", Interpolation(5, "five"), "y").strings)
nested = t"{t'{n}'}"
print(type(nested.values[0]).__name__)
print(f"{t'{n}'.values}")
try:
    compile("t'{}'", "<demo>", "eval")
except SyntaxError as error:
    print(error.msg)
