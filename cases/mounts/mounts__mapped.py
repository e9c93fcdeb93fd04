"""A file mapped into memory, changed there, and read again."""
import mmap
import os

with open("mapped", "wb") as file:
    file.write(bytes(300_000))
with open("mapped", "r+b") as file:
    with mmap.mmap(file.fileno(), 0) as memory:
        memory[10:15] = b"early"
        memory[299_990:299_994] = b"late"
        memory.flush()
        print(memory.find(b"late"), len(memory))
with open("mapped", "rb") as file:
    content = file.read()
print(content[10:15], content[299_990:299_994], len(content), content.count(0))
print(os.path.getsize("mapped"))
