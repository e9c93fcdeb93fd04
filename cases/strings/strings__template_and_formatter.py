import string
from string import Formatter, Template

t = Template("$who likes ${what} for $$5 $")
try:
    t.substitute(who="Ann", what="tea")
except ValueError as error:
    print(error)
print(t.safe_substitute(who="Ann"))
print(Template("$a-${b}c").substitute({"a": 1}, b=2), Template("$a").get_identifiers(), Template("$-").is_valid())
try:
    Template("$missing").substitute()
except KeyError as error:
    print(repr(error))


class Percent(Template):
    delimiter = "%"
    idpattern = "[A-Z]+"


print(Percent("%NAME %name %%").safe_substitute(NAME="x"))
print(list(Formatter().parse("a{0!r:>{w}}b{{c}}{x.y[0]}")))
print(Formatter().vformat("{0} {a}", ("p",), {"a": 1}))


class Default(Formatter):
    def get_value(self, key, args, kwargs):
        if isinstance(key, str):
            return kwargs.get(key, f"<{key}>")
        return super().get_value(key, args, kwargs)

    def convert_field(self, value, conversion):
        if conversion == "u":
            return str(value).upper()
        return super().convert_field(value, conversion)


print(Default().format("{0} {nope} {x!u}", "p", x="shout"))
print(string.ascii_letters, string.digits, string.punctuation, repr(string.whitespace), string.hexdigits)
print(string.capwords("hello big  world"), string.capwords("a-b-c", "-"))
print("{:{}}|{:{w}.{p}f}".format("x", 4, 3.14159, w=8, p=2), "{0[k]} {0[1x]}".format({"k": 1, "1x": 2}), "{a.__class__.__name__}".format(a=1))
