import sys

print(sys.get_int_max_str_digits())
for source in ["int('1' * 5000)", "str(10 ** 5000)", "'%d' % (10 ** 5000)", "f'{10**5000}'", "len(hex(10 ** 5000))", "int('f' * 5000, 16) > 0", "len(str(10 ** 4299))"]:
    try:
        print(eval(source))
    except ValueError as error:
        print(error)
sys.set_int_max_str_digits(0)
print(len(str(10**5000)), int("9" * 5000) == 10**5000 - 1)
try:
    sys.set_int_max_str_digits(5)
except ValueError as error:
    print(error)
sys.set_int_max_str_digits(640)
try:
    str(10**640)
except ValueError as error:
    print(error)
print(len(str(10**639)))
try:
    compile("1" * 700, "<demo>", "eval")
except SyntaxError as error:
    print(error.msg)
sys.set_int_max_str_digits(4300)
print(sys.int_info.bits_per_digit, sys.int_info.default_max_str_digits, sys.int_info.str_digits_check_threshold)
