import hashlib
import hmac

for name in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"]:
    h = hashlib.new(name, b"abc")
    print(name, h.hexdigest()[:32], h.digest_size, h.block_size, h.name)
print(hashlib.shake_128(b"x").hexdigest(8), hashlib.shake_256(b"x").hexdigest(8), hashlib.blake2b(b"x", digest_size=8, key=b"k", salt=b"s", person=b"p").hexdigest(), hashlib.blake2s(b"x", digest_size=4).hexdigest())
h = hashlib.sha256()
h.update(b"a")
c = h.copy()
h.update(b"bc")
c.update(b"zz")
print(h.hexdigest() == hashlib.sha256(b"abc").hexdigest(), c.hexdigest()[:16], hashlib.md5(b"").hexdigest(), hashlib.sha256(memoryview(b"abc")).hexdigest()[:8], hashlib.sha1(bytearray(b"abc")).hexdigest()[:8])
print(hmac.new(b"key", b"msg", "sha256").hexdigest(), hmac.digest(b"key", b"msg", "md5").hex(), hmac.compare_digest("a", "a"), hmac.compare_digest(b"a", b"b"))
open("f.bin", "wb").write(b"abc" * 1000)
with open("f.bin", "rb") as f:
    print(hashlib.file_digest(f, "sha256").hexdigest()[:16])
for bad in ["hashlib.new('nope')", "hashlib.sha256('text')", "hashlib.sha256(5)", "hashlib.shake_128(b'').hexdigest()", "hashlib.blake2b(digest_size=100)", "hashlib.blake2b(key=b'x' * 100)", "hmac.new(b'k', b'm')", "hmac.new('k', b'm', 'md5')", "hmac.compare_digest('é', 'é')", "hmac.compare_digest('a', b'a')", "hashlib.sha256().update('x')", "hashlib.shake_128(b'').hexdigest(-1)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(sorted(hashlib.algorithms_guaranteed))
