"""Writing and reading a file in pieces of 4 KiB."""

SMALL, LARGE = 256, 2_560


def run(n):
    piece = bytes(range(256)) * 16
    with open("bench.tmp", "wb", buffering=0) as file:
        for _ in range(n):
            file.write(piece)
    total = 0
    with open("bench.tmp", "rb", buffering=0) as file:
        while read := file.read(4096):
            total += len(read)
    return total
