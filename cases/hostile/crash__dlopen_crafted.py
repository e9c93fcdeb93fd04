import importlib.machinery
import importlib.util

# A valid module whose dylink section asks for 4 GiB of memory and of table.
dylink = b"\x08dylink.0\x01\x0c" + b"\xff\xff\xff\xff\x0f\x04" + b"\xff\xff\xff\xff\x0f\x00"
open("evil.so", "wb").write(b"\0asm\x01\0\0\0\0" + bytes([len(dylink)]) + dylink)
loader = importlib.machinery.ExtensionFileLoader("evil", "evil.so")
importlib.util.module_from_spec(importlib.util.spec_from_loader("evil", loader))
