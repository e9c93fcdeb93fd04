import unicodedata as u

for s in ["é", "e\u0301", "Å", "ﬁ", "①", "½", "㍿", "한", "ｱ", "ẛ̣", "\u1e9b\u0323", "Ω", "ſ", "\u00a0", "²"]:
    print(ascii(s), *(ascii(u.normalize(f, s)) for f in ("NFC", "NFD", "NFKC", "NFKD")), u.is_normalized("NFC", s))
for c in "aA1 é中\u0301😀$_-\n٣Ⅷ":
    print(ascii(c), u.name(c, "?"), u.category(c), u.bidirectional(c), u.combining(c), u.east_asian_width(c), u.mirrored(c), u.decomposition(c), u.numeric(c, None), u.digit(c, None), u.decimal(c, None))


def strip_accents(s):
    return "".join(c for c in u.normalize("NFD", s) if not u.combining(c))


print(strip_accents("Crème brûlée à la façon"), u.lookup("LATIN SMALL LETTER E WITH ACUTE"), "\N{LATIN SMALL LETTER SHARP S}", u.lookup("DIGIT FIVE"), u.ucd_3_2_0.unidata_version)
