import secrets
import uuid

print(uuid.uuid3(uuid.NAMESPACE_DNS, "example.org"), uuid.uuid5(uuid.NAMESPACE_URL, "x"), uuid.UUID(int=5), uuid.UUID("{12345678-1234-5678-1234-567812345678}"), uuid.NIL, uuid.MAX)
u = uuid.UUID("12345678-1234-4678-9234-567812345678")
print(repr(u), u.hex, u.int, u.bytes, u.bytes_le, u.fields, u.version, u.variant, u.urn, u.time_low, u.node, u < uuid.MAX, u == uuid.UUID(u.hex), hash(u) == hash(uuid.UUID(bytes=u.bytes)), {u: 1}[u])
r = uuid.uuid4()
print(len(str(r)), r.version, r != uuid.uuid4(), uuid.uuid7().version, uuid.uuid8(1, 2, 3))
for bad in ["uuid.UUID('x')", "uuid.UUID(int=2**128)", "uuid.UUID()", "uuid.UUID(bytes=b'x')", "uuid.UUID(int=1, version=99)", "setattr(u, 'int', 1)", "u < 5"]:
    try:
        eval(bad)
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
print(len(secrets.token_bytes(16)), len(secrets.token_hex(8)), len(secrets.token_urlsafe(12)), secrets.choice([5]), 0 <= secrets.randbelow(10) < 10, secrets.randbits(8) < 256, secrets.compare_digest("a", "a"), secrets.token_hex(16) != secrets.token_hex(16))
try:
    secrets.randbelow(0)
except ValueError as error:
    print(error)
