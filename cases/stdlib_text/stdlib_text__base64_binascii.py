import base64
import binascii
import quopri

data = bytes(range(256))
for name in ["b64encode", "urlsafe_b64encode", "b32encode", "b32hexencode", "b16encode", "a85encode", "b85encode", "z85encode"]:
    encoded = getattr(base64, name)(data)
    decoded = getattr(base64, name.replace("encode", "decode"))(encoded)
    print(name, encoded[:24], len(encoded), decoded == data)
print(base64.b64decode("aGk=\n"), base64.b64decode(b"a!G@k="), base64.encodebytes(b"x" * 60), base64.a85encode(b"    ", foldspaces=True), base64.a85encode(b"hi", adobe=True))
for bad in ["base64.b64decode('a')", "base64.b64decode('a===')", "base64.b64decode('a!b=', validate=True)", "base64.b32decode('a')", "base64.b16decode('0g')", "base64.b85decode('\"')", "base64.a85decode('v!!!!!')", "base64.b64encode('text')", "base64.b64decode('é')", "binascii.unhexlify('abc')", "binascii.unhexlify('zz')", "binascii.a2b_base64(b'abc')"]:
    try:
        print(bad, eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(binascii.hexlify(b"\x00\xff", "-"), binascii.crc32(b"hello"), binascii.crc_hqx(b"hello", 0), binascii.b2a_uu(b"hello"), binascii.a2b_uu(b"%:&5L;&\\\n"))
print(quopri.encodestring("é=\t x ".encode()), quopri.decodestring(b"=C3=A9=3D"), binascii.b2a_base64(b"x", newline=False), binascii.crc32(b"lo", binascii.crc32(b"hel")))
