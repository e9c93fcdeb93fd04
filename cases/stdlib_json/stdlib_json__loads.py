import io
import json
from decimal import Decimal

for text in ["1", "-0", "1.5e3", '"a\\u00e9\\n\\ud83d\\ude00"', "[1, [2], {}]", '{"a": {"b": null}, "a": 2}', " true ", "NaN", "-Infinity", "1E400", '"\\/"', "123456789012345678901234567890", '"\\ud800"']:
    print(ascii(json.loads(text)))
print(json.loads('{"a": 1.10, "b": 2}', parse_float=Decimal, parse_int=str), json.loads('[["a", 1]]', object_hook=None), json.loads('{"b": 1, "a": {"c": 2}}', object_pairs_hook=lambda p: p), json.loads("[NaN]", parse_constant=lambda c: f"<{c}>"), json.loads(b'\xef\xbb\xbf"x"'.decode("utf-8-sig")), json.loads('"x"'.encode("utf-16")), json.load(io.StringIO("[1]")))
for text in ["", " ", "[1,]", "[1 2]", '{"a" 1}', '{"a": }', "{a: 1}", "{'a': 1}", '"abc', '"a\nb"', '"\\x"', '"\\u12"', "01", "1.", ".5", "+1", "nul", "[1] 2", "[", "{", '{"a":1,}', "tru", "\x00", "[1,\n2,\nx]", "1e", "--1", '{"a":1 "b":2}']:
    try:
        print(text, json.loads(text))
    except json.JSONDecodeError as error:
        print(f"{text!r} -> {error.msg} line {error.lineno} column {error.colno} pos {error.pos}")
print(json.loads('"a\tb"', strict=False), json.JSONDecoder().raw_decode('{"a": 1} tail'))
for bad in ["json.loads(5)", "json.loads(b'\\xff')", "json.loads('\\ufeff1')", "json.loads(None)"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
value = {"a": [1, 2.5, None, True, "é"], "b": {"c": {}}}
print(json.loads(json.dumps(value)) == value, json.loads(json.dumps(json.dumps(value))) == json.dumps(value))
