for c in ["a", "A", "1", "²", "½", "Ⅷ", "٣", "ß", "ǅ", "İ", "ı", "ﬁ", "ſ", "Σ", "ς", "_", " ", "\t", "\u00a0", "\u200b", "\x1c", "中", "ª", "ʰ", "\u0345", "😀", "-", "\0"]:
    flags = "".join(n[0] if getattr(c, "is" + n)() else "." for n in ("alpha", "digit", "numeric", "space", "upper", "lower", "title", "identifier", "printable", "ascii"))
    dec = c.isdecimal(), c.isalnum()
    print(ascii(c), flags, dec, ascii(c.upper()), ascii(c.lower()), ascii(c.title()), ascii(c.casefold()), ascii(c.swapcase()))
for w in ["hello world", "they're bill's", "ALL CAPS", "x-y_z 1a", "ǆ ŉ", "ὈΔΥΣΣΕΎΣ", "straße ſtop", "ﬃ"]:
    print(w.title(), w.capitalize(), w.upper(), w.lower(), w.casefold(), w.swapcase(), w.istitle())
