import string

t = string.Template("Dear $name, you owe $$${amount} to ${who}.")
print(t.substitute(name="Ann", amount=5, who="us"), t.safe_substitute(name="Bob"), t.get_identifiers(), t.is_valid())
for bad in ["$", "$1", "${", "${a b}", "a $ b", "${}", "$é"]:
    x = string.Template(bad)
    print(repr(bad), x.is_valid(), repr(x.safe_substitute(a=1)))
    try:
        x.substitute(a=1)
    except (ValueError, KeyError) as error:
        print(type(error).__name__, error)


class Hash(string.Template):
    delimiter = "#"
    idpattern = r"[a-z]+(?:\.[a-z]+)*"


print(Hash("#a.b and #c ## $x").substitute({"a.b": 1, "c": 2}), Hash.pattern.pattern[:20] != "")
f = string.Formatter()
print(f.format("{} {x}", 1, x=2), list(f.parse("a{b!r:c}d{{e}}")), f.get_field("0.real", (5,), {}), f.convert_field(5, "r"), f.format_field(5, "03d"))
for bad in ["{0", "}", "{!q}", "{} {0}", "{x}"]:
    try:
        print(f.format(bad, 1))
    except (ValueError, KeyError, IndexError) as error:
        print(repr(bad), type(error).__name__, error)
print(string.capwords("the  quick fox"), string.printable[:5], len(string.printable), string.octdigits, string.ascii_uppercase[::5])
