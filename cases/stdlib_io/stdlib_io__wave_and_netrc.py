import io
import netrc
import stringprep
import wave

b = io.BytesIO()
with wave.open(b, "wb") as w:
    w.setnchannels(1)
    w.setsampwidth(2)
    w.setframerate(8000)
    w.writeframes(b"\x01\x00" * 10)
print(b.getvalue()[:44])
with wave.open(io.BytesIO(b.getvalue())) as w:
    print(w.getparams(), w.readframes(2), w.tell(), w.rewind(), len(w.readframes(100)))
for bad in (b"", b"junk" * 4, b.getvalue()[:30]):
    try:
        wave.open(io.BytesIO(bad))
    except (wave.Error, EOFError) as error:
        print(type(error).__name__, error)
print(stringprep.in_table_a1("\u0221"), stringprep.map_table_b2("ß"), "bücher.example".encode("idna"), b"xn--bcher-kva".decode("idna"), "a..b".encode("punycode"))
for bad in ("a..b", "x" * 64, "\u2488"):
    try:
        print(bad.encode("idna"))
    except UnicodeError as error:
        print(error)
open("creds", "w").write("machine h login u password p\ndefault login d password e\nmacdef m\ncd\n\n")
n = netrc.netrc("creds")
print(n.authenticators("h"), n.authenticators("other"), n.macros)
open("creds", "w").write("machine h nonsense")
try:
    netrc.netrc("creds")
except netrc.NetrcParseError as error:
    print(error)
