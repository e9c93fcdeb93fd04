import textwrap

text = "Lorem ipsum dolor sit amet, consectetur adipiscing elit.  Sed do eiusmod\ttempor incididunt ut-labore et dolore magna_aliqua supercalifragilisticexpialidocious."
for width in (10, 20, 40):
    print(*textwrap.wrap(text, width), sep="|\n")
    print("=" * width)
print(textwrap.fill(text, 30, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))
print(textwrap.shorten(text, 40), textwrap.shorten(text, 40, placeholder="..."), textwrap.shorten("short", 40), sep="\n")
print(repr(textwrap.dedent("\tx\n\t\ty\n")), repr(textwrap.dedent("  a\n b\n   c")), repr(textwrap.dedent("\n  a\n\n  b\n")), repr(textwrap.indent("a\n\nb\n", "  ")), repr(textwrap.indent("a\nb", "> ", lambda l: "b" in l)))
for bad in ["textwrap.wrap('x', 0)", "textwrap.shorten('hello world', 3)", "textwrap.fill('x y', 5, max_lines=0)", "textwrap.wrap(5)", "textwrap.dedent(5)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
