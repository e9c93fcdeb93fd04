for text in ["0", "-0", "+5", "007", " 12 ", "1_2", "0x1F", "0b11", "0o7", "٤٢", "１２", "1e3", "1.0", "--1", "+-1", "", " ", "1 2", "_1", "1_", "1__2", "abc", "zz", "\n3\t", "0x", "-0x10", "½", "②"]:
    row = []
    for base in (10, 0, 16, 36, 2):
        try:
            row.append(int(text, base))
        except ValueError:
            row.append("-")
    print(repr(text), row)
for base in (-1, 1, 37, 2.0, "10"):
    try:
        int("1", base)
    except (ValueError, TypeError) as error:
        print(base, type(error).__name__, error)
for text in ["1", "-1.5", ".5", "5.", "1e5", "1E-5", "inf", "-Infinity", "nan", "+nan", "1_000.0", "0x1p3", "1e400", "1e-400", "", ".", "e5", "1e", "infin", "1.5.2", " 3.5\n", "1_e5", "٣.٥", "nan(1)", "1d5"]:
    try:
        print(repr(text), float(text))
    except ValueError as error:
        print(repr(text), error)
