import importlib.machinery
import importlib.util

open("evil.so", "wb").write(b"\0asm\x01\0\0\0" + bytes(range(200)))
loader = importlib.machinery.ExtensionFileLoader("evil", "evil.so")
spec = importlib.util.spec_from_loader("evil", loader)
importlib.util.module_from_spec(spec)
