import gettext
import io
import linecache
import locale

print(gettext.gettext("x"), gettext.ngettext("one", "many", 1), gettext.ngettext("one", "many", 2), gettext.c2py("n%10==1 ? 0 : 1")(11), gettext.NullTranslations().gettext("same"))
try:
    gettext.translation("nope", "dir")
except FileNotFoundError as error:
    print(type(error).__name__)
try:
    gettext.GNUTranslations(io.BytesIO(b"junk" * 10))
except OSError as error:
    print(error)
for bad in ["gettext.c2py('n +')", "gettext.c2py('__import__')", "gettext.c2py('(' * 30 + 'n' + ')' * 30)"]:
    try:
        eval(bad)
    except ValueError as error:
        print(error)
open("lines.txt", "w").write("one\ntwo\nthree")
print(repr(linecache.getline("lines.txt", 2)), repr(linecache.getline("lines.txt", 9)), linecache.getlines("nope"))
linecache.clearcache()
print(locale.localeconv()["decimal_point"], locale.format_string("%d %.2f", (1234567, 1.5)), locale.atof("1.5"), locale.strcoll("a", "b"), locale.str(1.5), locale.normalize("en_us"))
