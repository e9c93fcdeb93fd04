text = "héllo €😀"
for codec in ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-8-sig", "utf-7", "unicode_escape", "raw_unicode_escape", "punycode"]:
    data = text.encode(codec)
    print(codec, data, data.decode(codec) == text)
for codec in ["latin-1", "cp1252", "ascii", "cp437", "iso8859-15", "koi8-r", "shift_jis", "gb18030", "big5", "euc-kr", "mac-roman", "cp037"]:
    try:
        print(codec, "é€".encode(codec))
    except UnicodeEncodeError as error:
        print(codec, error.encoding, error.start, error.end, error.reason)
for handler in ["ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape"]:
    try:
        print(handler, "a€b".encode("ascii", handler))
    except UnicodeEncodeError as error:
        print(handler, error)
for handler in ["ignore", "replace", "backslashreplace", "surrogateescape"]:
    print(handler, ascii(b"a\xffb\xe2\x82".decode("utf-8", handler)))
for data in [b"\xff", b"\xc0\x80", b"\xe2\x82", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"a\x80b"]:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        print(error)
try:
    "\ud800x".encode()
except UnicodeEncodeError as error:
    print(error)
import codecs

codecs.register_error("shout", lambda e: ("!" * (e.end - e.start), e.end))
print("a€😀".encode("ascii", "shout"), b"\xff\xfe".decode("ascii", "shout"))
decoder = codecs.getincrementaldecoder("utf-8")()
print([decoder.decode(bytes([b])) for b in "€a".encode()], decoder.decode(b"", final=True) == "")
print(codecs.encode("Hello", "rot13"), codecs.decode(b"6869", "hex"), codecs.encode(b"hi", "base64"), codecs.lookup("UTF8").name, codecs.BOM_UTF8)
for bad in ["'x'.encode('rot13')", "codecs.lookup('nope')", "codecs.lookup_error('nope')", "'x'.encode('ascii', 'nope')", "'é'.encode('ascii', 'nope')", "b'x'.decode('utf-16')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(type(error).__name__, error)
