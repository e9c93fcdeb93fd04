import unicodedata

for c in "aÉß€中😀\u0301\n٣":
    print(ascii(c), len(c), c.encode("utf-8").hex(), unicodedata.category(c), unicodedata.name(c, "-"), unicodedata.bidirectional(c))
print(unicodedata.normalize("NFC", "e\u0301") == "é", len(unicodedata.normalize("NFD", "é")), unicodedata.normalize("NFKC", "ﬁ①²"), unicodedata.is_normalized("NFC", "é"))
print(unicodedata.lookup("GREEK SMALL LETTER PI"), unicodedata.decimal("٣"), unicodedata.digit("²"), unicodedata.numeric("½"), unicodedata.combining("\u0301"), unicodedata.east_asian_width("中"), unicodedata.mirrored("("), unicodedata.decomposition("é"))
print(unicodedata.unidata_version, "İ".lower().encode("unicode_escape"), "ŉ".upper(), "Σ".lower(), "ΑΣ".lower(), "ﬀ".title())
print(sorted(["é", "z", "a", "E"]), "é" < "z", "😀" > "\uffff", len("👨‍👩‍👧"), list("👍🏽"), "😀"[0], "a😀b"[::-1])
for source in ["unicodedata.lookup('NOPE')", "unicodedata.name('\\n')", "unicodedata.decimal('a')", "unicodedata.normalize('X', 'a')", "unicodedata.category('ab')"]:
    try:
        eval(source)
    except Exception as error:
        print(type(error).__name__, error)
ﬁeld = 1
print([n for n in globals() if n.endswith("eld")], "\u212b" == "Å", "K".isidentifier())
print("ǆ".title(), "ῼ".lower(), "ΐ".upper(), len("ΐ".upper()), "\u1e9e".lower(), "I".lower(), "ı".upper())
print("\N{SNOWMAN}", "\U0001F40D", "\x41", ascii("\U0001F40D"), "\ud83d\ude00" == "😀", len("\ud83d\ude00"))
