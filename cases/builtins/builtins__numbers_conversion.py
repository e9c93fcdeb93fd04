print(int("42"), int(" -7 \n"), int("ff", 16), int("0b101", 0), int("1_000"), int(3.99), int(-3.99), int(True), int(b"12"))
print(float("1e3"), float(" inf "), float("-nan"), float("1_0.5"), complex("1+2j"), complex(1, 2), bool("False"))
print(hex(255), oct(8), bin(-5), chr(8364), ord("€"), ascii("é€"), round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234, -2))
print(abs(-3), abs(3 + 4j), pow(2, 10), pow(2, 10, 1000), pow(3, -1, 7), divmod(17, 5), divmod(-1.5, 1))
print(sum([1, 2, 3]), sum([[1], [2]], []), sum([0.1] * 10), sum([], 5), max(3, 1), min("b", "a"), max([], default="none"), max("aa", "b", key=len))


class Index:
    def __index__(self):
        return 7


class Floaty:
    def __float__(self):
        return 2.5


class Trunc:
    def __int__(self):
        return "no"


print(int(Index()), float(Index()), float(Floaty()), [0] * Index(), hex(Index()), range(Index()))
for bad in [
    "int('')", "int('1.5')", "int('0x1')", "int('8', 8)", "int(None)", "int('1', 1)", "int(1, 10)", "int('1__0')",
    "int(float('inf'))", "int(float('nan'))", "float('')", "float('1,5')", "float([])", "complex('1 + 2j')", "complex('x')", "complex(1, 'a')",
    "chr(-1)", "chr(0x110000)", "ord('ab')", "ord('')", "hex(1.5)", "pow(2, -1, 4)", "pow(2.0, 2, 3)", "pow(1, 2, 0)",
    "sum(['a'])", "sum(['a'], '')", "max([])", "max(1)", "max(1, 'a')", "round('a')", "round(1.5, 'a')", "abs('x')", "divmod(1, 0)", "int(Trunc())",
]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
