print(0x_ff, 0b1010_1010, 0o777, 1_000.5e-2, 1e1_0, .5e3, 0_0, 00, 1J, 0xDEADbeef)
print('a' "b" """c""" '''d''', r'\n' '\n'.strip() + "|", b'a' b'\x41', f"{1}" "2" f"{3}", u"u")
print('\a\b\f\v\0'.encode(), '\'\"\\', "\
continued", '\u20ac\U0001F600\N{EURO SIGN}', "\101\x41", len('''
'''))
print([], (), {}, (1,), {1}, {1: 2}, [[], {}], ..., None, True, False, NotImplemented)
print(1if 1else 2, 1 .real, 1..imag, 5 .bit_length())
print(type(1), type(1.), type(1j), type(''), type(b''), type(f''), type(...), type({}), type({1}), type(()))
for source in ["1__0", "0x", "1_", "_1 + ", "0b2", "08", "1.2.3", "'\\N{X}'", "b'é'", "'\\u12'", "0xfg", "1e", "1e+", "0_", "'a\nb'", "f'{'", "''' '", "rb'\\x'", "ub'x'", "fb'x'", "9abc", "1_000_", "0o8"]:
    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            print(repr(source), eval(source))
    except SyntaxError as error:
        print(repr(source), error.msg.split("(detected")[0])
