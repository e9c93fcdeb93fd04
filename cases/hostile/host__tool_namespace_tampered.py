import sys

try:
    import exuvia.tools as tools

    for name in list(vars(tools)):
        if not name.startswith("__"):
            delattr(tools, name)
except (ImportError, AttributeError, TypeError):
    pass
print("alive")
