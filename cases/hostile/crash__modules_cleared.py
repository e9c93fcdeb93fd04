import sys

saved = dict(sys.modules)
sys.modules.clear()
sys.modules.update(saved)
print("alive")
