print("%s|%r|%a" % ("é", "é", "é"), "%d|%i|%u" % (1, -2, 3.9), "%5d|%-5d|%05d|%+d|% d" % (42,) * 1 if False else "%5d|%-5d|%05d|%+d|% d" % (42, 42, 42, 42, 42))
print("%x|%X|%#x|%o|%#o" % (255, 255, 255, 8, 8), "%f|%.2f|%8.3f|%-8.1f|%e|%.1E|%g|%G" % (1.5, 2.675, 3.14159, 1, 12345.678, 0.00012, 1e10, 1e-10))
print("%c%c" % (65, "é"), "%%", "100%%" % (), "%(a)s %(b)05.1f" % {"a": 1, "b": 2}, "%*d|%-*d|%.*f" % (5, 42, 5, 42, 2, 3.14159))
print("%s" % None, "%s" % (None,), "%s" % [1, 2], "%s %s" % ("a", ("b",)), "%5s|%-5s|%.2s" % ("ab", "ab", "abc"))
print("%d" % 10**3 if False else "%d" % (10**30), "%d" % True, "%x" % -255, "%#.3g" % 1, "%+.0e" % 12345)
for template, value in [("%d", "a"), ("%d", 1.5), ("%d", None), ("%x", 1.5), ("%f", "a"), ("%s %s", "a"), ("%s", ("a", "b")), ("%q", 1), ("%", 1), ("%(a)s", {"b": 1}), ("%(a)s", 1), ("%(a", {"a": 1}), ("%c", -1), ("%c", "ab"), ("%c", 1.5), ("x", 1), ("x", {"a": 1}), ("%*d", (1,)), ("%.*f", ("a", 1)), ("%9999999999999999999d", 1)]:
    try:
        print(template, "->", repr(template % value))
    except Exception as error:
        print(template, "->", type(error).__name__, error)


class Text:
    def __str__(self):
        return "str"

    def __repr__(self):
        return "repr"

    def __float__(self):
        return 2.5

    def __index__(self):
        return 9

    def __int__(self):
        return 8


print("%s %r %f %d %x" % (Text(), Text(), Text(), Text(), Text()))
print(b"%s %d %a %x %c" % (b"x", 5, "é", 255, 65), bytearray(b"%b") % (b"y",))
