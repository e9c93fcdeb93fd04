def crc8(data):
    c = 0
    for b in data:
        c ^= b
        for _ in range(8):
            c = (c << 1 ^ 0x07) & 0xFF if c & 0x80 else c << 1
    return c


print(crc8(b"123456789"), [f"{n ^ n >> 1:03b}" for n in range(8)], bin(0b1010 & 0b0110 | 1 << 5), (37).bit_count())


def huffman(text):
    import heapq
    from collections import Counter

    heap = [(n, i, c) for i, (c, n) in enumerate(sorted(Counter(text).items()))]
    heapq.heapify(heap)
    i = len(heap)
    while len(heap) > 1:
        (a, _, x), (b, _, y) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a + b, i, (x, y)))
        i += 1

    def walk(t, code=""):
        if isinstance(t, str):
            yield t, code or "0"
        else:
            yield from walk(t[0], code + "0")
            yield from walk(t[1], code + "1")

    return dict(walk(heap[0][2]))


codes = huffman("abracadabra")
bits = "".join(codes[c] for c in "abracadabra")
print(codes, len(bits))
back, cur = {v: k for k, v in codes.items()}, ""
out = ""
for b in bits:
    cur += b
    if cur in back:
        out += back[cur]
        cur = ""
print(out)


def luhn(s):
    return sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(s))) % 10 == 0


def base(n, b):
    return "0" if not n else base(n // b, b).lstrip("0") + "0123456789abcdefghijklmnopqrstuvwxyz"[n % b]


print(luhn("4539578763621486"), luhn("1234567812345678"), base(255, 16), base(12345, 36), int(base(12345, 36), 36))
s = 12345
seq = []
for _ in range(5):
    s = (s * 1103515245 + 12345) % 2**31
    seq.append(s)
print(seq)
morse = dict(zip("SOE", ["...", "---", "."]))
print(" ".join(morse[c] for c in "SOS"), bytes(b ^ 42 for b in b"secret"), bytes(b ^ 42 for b in bytes(b ^ 42 for b in b"secret")))
x, y = 0b1100, 0b1010
x ^= y
y ^= x
x ^= y
print(x, y, [i for i in range(8) if 0b10110 >> i & 1], sum(1 << i for i in (0, 3)), -5 & 0xFF, ~5 & 0xFF)
